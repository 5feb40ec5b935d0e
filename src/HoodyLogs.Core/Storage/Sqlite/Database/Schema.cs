namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>The tables. There is no secondary index: records are found by id, and which ids are wanted is told by the segments' own index.</summary>
internal static class Schema
{
    /// <summary>Marks a file as ours (<c>PRAGMA application_id</c>): "HdLg".</summary>
    public const int ApplicationId = 0x48644C67;

    /// <summary>A file with another version (<c>PRAGMA user_version</c>) is refused.</summary>
    public const int Version = 4;

    /// <summary>Must run before anything else touches a new file.</summary>
    public const string FilePragmas = "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;";

    public const string WriterPragmas =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; " +
        "PRAGMA journal_size_limit = 16777216;";

    public const string ReaderPragmas = "PRAGMA query_only = ON; PRAGMA cache_size = -2048;";

    /// <summary>
    /// The series of scopes that nobody verified. A file of the same version that was begun without this table gets it when it is opened: what it
    /// holds by then counts as verified.
    /// </summary>
    public const string CreateUnverifiedSeries = "CREATE TABLE IF NOT EXISTS unverified_series (number INTEGER PRIMARY KEY) STRICT;";

    /// <summary>The corrections of ingestion times that a wrong clock gave. A file of the same version that was begun without this table gets it when it is opened.</summary>
    public const string CreateTimeCorrections =
        "CREATE TABLE IF NOT EXISTS time_corrections (to_id INTEGER PRIMARY KEY, from_id INTEGER NOT NULL, to_us INTEGER NOT NULL) STRICT;";

    /// <summary>
    /// <c>store</c> has one row: no id above <c>ceiling</c> was ever given out; entries below <c>horizon</c> are gone; no row was ever ingested after
    /// <c>ingested_us</c> unless it is still there. The <c>data</c> of a record is laid out by <c>RecordCodec</c>.
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
