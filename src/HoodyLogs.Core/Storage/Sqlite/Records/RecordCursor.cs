using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>
/// Moves over rows by id and returns views of them. A view refers to the UTF-8 in SQLite's memory, so a row allocates nothing. Near ids are reached by
/// stepping, others by a new seek.
/// </summary>
internal sealed class RecordCursor : IDisposable
{
    private const int StepsBeforeSeeking = 16;
    private const string Select = "SELECT id, data FROM records ";

    private readonly TimeCorrections _corrections;
    private readonly SqliteStatement _forward;
    private readonly SqliteStatement _backward;
    private readonly byte[] _trace = new byte[36];
    private SqliteStatement? _row;
    private RecordFields _fields;
    private long _headId;
    private long _fieldsId;

    public RecordCursor(SqliteDatabase database, TimeCorrections corrections)
    {
        _corrections = corrections;
        _forward = database.Prepare(Select + "WHERE id >= ?1 ORDER BY id");
        _backward = database.Prepare(Select + "WHERE id <= ?1 ORDER BY id DESC");
    }

    /// <summary>The id of the current row.</summary>
    public long Id { get; private set; }

    /// <summary>Whether the current row can be decoded. Only the id of a damaged row is known.</summary>
    public bool IsReadable
    {
        get
        {
            try
            {
                _ = Head;
                return true;
            }
            catch (LogStoreException failure) when (StoreDamage.IsDamage(failure))
            {
                return false;
            }
        }
    }

    public int Series => Head.Series;

    /// <summary>The corrected ingestion time of the current row in Unix microseconds.</summary>
    public long IngestedUs => CorrectTime(Id, Head.IngestedUs);

    private SqliteStatement Row => _row ?? throw new InvalidOperationException("The cursor has no current row.");

    private ref readonly RecordFields Head
    {
        get
        {
            if (_headId == Id) return ref _fields;
            RecordCodec.ReadHead(Row.GetBytes(1), Id, out _fields);
            _headId = Id;
            return ref _fields;
        }
    }

    // Both entries of a row are usually read one after the other. The row is decoded only once.
    private ref readonly RecordFields Fields
    {
        get
        {
            if (_fieldsId == Id) return ref _fields;
            _ = Head;
            RecordCodec.ReadRest(Id, ref _fields);
            _fieldsId = Id;
            return ref _fields;
        }
    }

    /// <summary>Moves to the first row with this id or a higher one.</summary>
    public bool SeekForward(long id) => Seek(_forward, id);

    /// <summary>Moves to the first readable row with this id or a higher one. Damaged rows are skipped, because they must not stop retention.</summary>
    public bool SeekReadable(long id)
    {
        for (var found = SeekForward(id); found; found = MoveNext())
        {
            if (IsReadable) return true;
        }

        return false;
    }

    /// <summary>Moves to the last row with this id or a lower one.</summary>
    public bool SeekBackward(long id) => Seek(_backward, id);

    /// <summary>Moves to the next row in the direction of the last seek.</summary>
    public bool MoveNext()
    {
        InvalidateFields();
        if (Row.Step())
        {
            Id = Row.GetInt64(0);
            return true;
        }

        Reset();
        return false;
    }

    /// <summary>Moves to the row with exactly this id.</summary>
    public bool MoveTo(long id, bool descending)
    {
        for (var steps = 0; _row == (descending ? _backward : _forward) && steps < StepsBeforeSeeking; steps++)
        {
            if (Id == id) return true;
            if (descending ? Id < id : Id > id) break;
            if (!MoveNext()) return false;
        }

        return (descending ? SeekBackward(id) : SeekForward(id)) && Id == id;
    }

    /// <summary>Returns the values of the current row that the segment index needs.</summary>
    public IndexedRow GetIndexedRow(SeriesCatalogue catalogue)
    {
        ref readonly var row = ref Head;
        if (row.Series >= catalogue.Count) throw StoreDamage.InRow(Id, "has no series");
        var hash = row.Flags.Trace switch
        {
            TraceForm.None => 0u,
            TraceForm.Text => TraceHash.HashText(row.Trace.Span),
            _ => TraceHash.Hash(row.Trace.Span),
        };
        var endMs = row.TimestampMs + (row.DurationUs / 1000);
        return new IndexedRow(Id, Id + catalogue.EntriesPerRow(row.Series) - 1, row.Series, hash, row.TimestampMs, endMs, CorrectTime(Id, row.IngestedUs));
    }

    /// <summary>Returns the corrected ingestion time of any row.</summary>
    public long CorrectTime(long id, long storedUs) => _corrections.Correct(id, storedUs);

    /// <summary>Returns a view with only the fields that <see cref="LogFilter.Matches"/> uses.</summary>
    public LogEntryView GetMatchView(LogSeries series, RecordParts part)
    {
        ref readonly var row = ref Head;
        return new LogEntryView
        {
            Id = Id,
            Part = part,
            Series = series,
            TimestampMs = row.TimestampMs,
            DurationUs = row.DurationUs,
            TraceId = Trace(row),
            Url = row.Url.Span,
            Status = row.Status,
        };
    }

    /// <summary>Returns one entry of the current row, with the data that the scope may read.</summary>
    public LogEntryView GetView(LogSeries series, RecordParts part, LogScope scope)
    {
        ref readonly var row = ref Fields;
        var showsSecond = part == RecordParts.Second || (scope.IsAll && series.Key.Shape == RecordShape.Event && !row.ResponseData.IsEmpty);
        return new LogEntryView
        {
            Id = part == RecordParts.Second ? Id + 1 : Id,
            Part = part,
            Series = series,
            TimestampMs = row.TimestampMs,
            DurationUs = row.DurationUs,
            IngestedAtUs = CorrectTime(Id, row.IngestedUs),
            TraceId = Trace(row),
            Url = row.Url.Span,
            ClientIp = row.ClientIp.Span,
            UserAgent = row.UserAgent.Span,
            Status = row.Status,
            BytesIn = row.BytesIn,
            BytesOut = row.BytesOut,
            Data = showsSecond ? row.ResponseData.Span : row.RequestData.Span,
            RequestBodyState = row.Flags.RequestState,
            ResponseBodyState = row.Flags.ResponseState,
        };
    }

    /// <summary>Returns the location and the flags of the row's bodies.</summary>
    public (BodyLocation Location, RecordFlags Flags) GetBodies() => (Fields.Bodies, Fields.Flags);

    /// <summary>Releases the current row.</summary>
    public void Reset()
    {
        _row?.Reset();
        _row = null;
        InvalidateFields();
    }

    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
    }

    private bool Seek(SqliteStatement statement, long id)
    {
        Reset();
        _row = statement.Bind(1, id);
        return MoveNext();
    }

    private void InvalidateFields() => _headId = _fieldsId = 0;

    private ReadOnlySpan<byte> Trace(in RecordFields row) => row.Flags.Trace is TraceForm.Hex or TraceForm.Uuid
        ? _trace.AsSpan(0, TraceHash.Decode(row.Trace.Span, row.Flags.Trace == TraceForm.Uuid, _trace))
        : row.Trace.Span;
}
