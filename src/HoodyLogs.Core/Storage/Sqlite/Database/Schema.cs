namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>The tables of the database. They have no secondary index. The segment index finds the ids, and rows are read by id.</summary>
internal static class Schema
{
    /// <summary>The <c>PRAGMA application_id</c> of HoodyLogs: "HdLg".</summary>
    public const int ApplicationId = 0x48644C67;

    /// <summary>The <c>PRAGMA user_version</c>. Files with another version are refused.</summary>
    public const int Version = 4;

    /// <summary>These pragmas must run before any other statement on a new file.</summary>
    public const string FilePragmas = "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;";

    public const string WriterPragmas =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; " +
        "PRAGMA journal_size_limit = 16777216;";

    public const string ReaderPragmas = "PRAGMA query_only = ON; PRAGMA cache_size = -2048;";

    /// <summary>
    /// Creates the table of series whose scope is unverified. If an existing file has no such table, it is added when the file is opened. The series in such
    /// a file count as verified.
    /// </summary>
    public const string CreateUnverifiedSeries = "CREATE TABLE IF NOT EXISTS unverified_series (number INTEGER PRIMARY KEY) STRICT;";

    /// <summary>
    /// Creates the table of corrections of wrong ingestion times. If an existing file has no such table, it is added when the file is opened.
    /// </summary>
    public const string CreateTimeCorrections =
        "CREATE TABLE IF NOT EXISTS time_corrections (to_id INTEGER PRIMARY KEY, from_id INTEGER NOT NULL, to_us INTEGER NOT NULL) STRICT;";

    /// <summary>
    /// Creates the other tables. The table <c>store</c> has one row. <c>ceiling</c> is the reserved id limit: no assigned id is higher. <c>horizon</c> is the
    /// retention floor: entries with lower ids are deleted. No removed row has a later ingestion time than <c>ingested_us</c>. <c>RecordCodec</c> defines the
    /// format of <c>records.data</c>.
    /// </summary>
    public const string CreateTables = """
        CREATE TABLE store (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            ceiling INTEGER NOT NULL,
            horizon INTEGER NOT NULL,
            ingested_us INTEGER NOT NULL,
            signing_key BLOB NOT NULL) STRICT;
        CREATE TABLE series (
            number INTEGER PRIMARY KEY,
            state INTEGER NOT NULL,
            shape INTEGER NOT NULL,
            level INTEGER NOT NULL,
            source INTEGER NOT NULL,
            method TEXT,
            project_id TEXT,
            container_id TEXT,
            service_name TEXT) STRICT;
        CREATE TABLE segments (
            number INTEGER PRIMARY KEY,
            first_id INTEGER NOT NULL,
            last_id INTEGER NOT NULL,
            min_ts_ms INTEGER NOT NULL,
            max_ts_ms INTEGER NOT NULL,
            max_ingested_us INTEGER NOT NULL,
            series BLOB NOT NULL,
            starts BLOB NOT NULL,
            trace_starts BLOB NOT NULL) STRICT;
        CREATE TABLE segment_index (
            key INTEGER PRIMARY KEY,
            data BLOB NOT NULL) STRICT;
        CREATE TABLE records (
            id INTEGER PRIMARY KEY,
            data BLOB NOT NULL) STRICT;
        """;
}
