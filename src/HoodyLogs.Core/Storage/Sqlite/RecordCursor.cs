using HoodyLogs.Entries;
using HoodyLogs.Storage.Bodies;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Walks over rows by id and shows them: the UTF-8 of the columns themselves, without a string or an object a row. Ids that lie close together are
/// reached by stepping on, others by a new look-up.
/// </summary>
internal sealed class RecordCursor : IDisposable
{
    private const int StepsBeforeSeeking = 16;

    private const string Select =
        "SELECT id, series, ts_ms, duration_us, lag_us, flags, status, bytes_in, bytes_out, trace, url, client_ip, user_agent, request_data, " +
        "response_data, bodies FROM records ";

    private readonly SqliteStatement _forward;
    private readonly SqliteStatement _backward;
    private readonly byte[] _trace = new byte[36];
    private SqliteStatement? _row;
    private RecordColumns _columns;
    private int _traceLength;
    private long _columnsOf;

    public RecordCursor(SqliteDatabase database)
    {
        _forward = database.Prepare(Select + "WHERE id >= ?1 ORDER BY id");
        _backward = database.Prepare(Select + "WHERE id <= ?1 ORDER BY id DESC");
    }

    /// <summary>The id of the row on which the cursor stands.</summary>
    public long Id { get; private set; }

    public int Series => Row.Int32(1);

    public long IngestedUs => (Row.Int64(2) * 1000) + Row.Int64(3) + Row.Int64(4);

    private SqliteStatement Row => _row ?? throw new InvalidOperationException("The cursor stands on no row.");

    private RecordFlags Flags => new(Row.Int64(5));

    /// <summary>Goes to the first row with this id or a greater one.</summary>
    public bool SeekForward(long id) => Seek(_forward, id);

    /// <summary>Goes to the last row with this id or a smaller one.</summary>
    public bool SeekBackward(long id) => Seek(_backward, id);

    /// <summary>Goes to the next row in the direction of the last seek.</summary>
    public bool Next()
    {
        _columnsOf = 0;
        if (Row.Step())
        {
            Id = Row.Int64(0);
            return true;
        }

        Stop();
        return false;
    }

    /// <summary>Goes to the row with exactly this id.</summary>
    public bool MoveTo(long id, bool descending)
    {
        for (var steps = 0; _row == (descending ? _backward : _forward) && steps < StepsBeforeSeeking; steps++)
        {
            if (Id == id) return true;
            if (descending ? Id < id : Id > id) break;
            if (!Next()) return false;
        }

        return (descending ? SeekBackward(id) : SeekForward(id)) && Id == id;
    }

    /// <summary>What the index has to know of the row.</summary>
    public IndexedRow Indexed(SeriesCatalogue catalogue)
    {
        var startMs = Row.Int64(2);
        var hash = Row.IsNull(9) ? 0 : Row.IsText(9) ? TraceIds.HashText(Row.Bytes(9)) : TraceIds.Hash(Row.Bytes(9));
        return new IndexedRow(
            Id, Id + catalogue.EntriesPerRow(Series) - 1, Series, hash, startMs, startMs + (Row.Int64(3) / 1000), IngestedUs);
    }

    /// <summary>The least of the row that <see cref="Queries.LogFilter.Matches"/> looks at.</summary>
    public LogEntryView ViewForMatching(LogSeries series, EntryFaces face) => new()
    {
        Id = Id,
        Face = face,
        Series = series,
        TimestampMs = Row.Int64(2),
        DurationUs = Row.Int64(3),
        TraceId = Trace(),
        Url = Row.Bytes(10),
        Status = Row.Int32(6),
    };

    /// <summary>The row as one of its entries.</summary>
    public LogEntryView View(LogSeries series, EntryFaces face)
    {
        // Both faces of a row are asked for one after the other; its columns are read for the first.
        if (_columnsOf != Id) Read(Row);
        ref readonly var columns = ref _columns;
        return new LogEntryView
        {
            Id = face == EntryFaces.Second ? Id + 1 : Id,
            Face = face,
            Series = series,
            TimestampMs = columns.TimestampMs,
            DurationUs = columns.DurationUs,
            IngestedAtUs = (columns.TimestampMs * 1000) + columns.DurationUs + columns.LagUs,
            TraceId = _traceLength > 0 ? _trace.AsSpan(0, _traceLength) : columns.Trace.Span,
            Url = columns.Url.Span,
            ClientIp = columns.ClientIp.Span,
            UserAgent = columns.UserAgent.Span,
            Status = columns.Status,
            BytesIn = columns.BytesIn,
            BytesOut = columns.BytesOut,
            Data = face == EntryFaces.Second ? columns.ResponseData.Span : columns.RequestData.Span,
            RequestBodyState = columns.Flags.RequestState,
            ResponseBodyState = columns.Flags.ResponseState,
        };
    }

    /// <summary>Where the row's bodies are, and what they are.</summary>
    public (BodyPlace Place, RecordFlags Flags) Bodies() => (Row.IsNull(15) ? default : BodyPlace.Read(Row.Bytes(15)), Flags);

    /// <summary>Lets go of the row.</summary>
    public void Stop()
    {
        _row?.Reset();
        _row = null;
        _columnsOf = 0;
    }

    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
    }

    private bool Seek(SqliteStatement statement, long id)
    {
        Stop();
        _row = statement.Bind(1, id);
        return Next();
    }

    private void Read(SqliteStatement row)
    {
        _columns = new RecordColumns
        {
            TimestampMs = row.Int64(2),
            DurationUs = row.Int64(3),
            LagUs = row.Int64(4),
            Flags = new RecordFlags(row.Int64(5)),
            Status = row.Int32(6),
            BytesIn = row.IsNull(7) ? -1 : row.Int64(7),
            BytesOut = row.IsNull(8) ? -1 : row.Int64(8),
            Trace = new ColumnBytes(row.Bytes(9)),
            Url = new ColumnBytes(row.Bytes(10)),
            ClientIp = new ColumnBytes(row.Bytes(11)),
            UserAgent = new ColumnBytes(row.Bytes(12)),
            RequestData = new ColumnBytes(row.Bytes(13)),
            ResponseData = new ColumnBytes(row.Bytes(14)),
        };
        _traceLength = Unpack(_columns.Trace.Span, _columns.Flags);
        _columnsOf = Id;
    }

    private ReadOnlySpan<byte> Trace()
    {
        var stored = Row.Bytes(9);
        return Unpack(stored, Flags) is > 0 and var length ? _trace.AsSpan(0, length) : stored;
    }

    // 0 where the trace id is stored as the text that it is.
    private int Unpack(ReadOnlySpan<byte> stored, RecordFlags flags) =>
        stored.Length != TraceIds.Bytes || Row.IsText(9) ? 0 : TraceIds.Unpack(stored, flags.TraceIsUuid, _trace);
}
