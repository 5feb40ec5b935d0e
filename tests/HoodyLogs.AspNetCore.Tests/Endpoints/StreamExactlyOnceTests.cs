using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Clients that disconnect and resume during writes receive each stored entry once and in order.</summary>
public sealed class StreamExactlyOnceTests
{
    private const int Ring = 500;

    private TestFolder _folder = null!;
    private StreamServer? _server;
    private volatile IReadOnlyList<LogEntry>? _stored;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TestFolder();
        _stored = null;
    }

    [TearDown]
    public async Task DeleteFolder()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase(17)]
    [TestCase(4711)]
    public async Task T4_clients_that_disconnect_and_resume_get_each_entry_once(int seed)
    {
        _server = await StartAsync();
        var readers = StartReaders(seed);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => WriteAsync(writer, 1500)));
        await _server.Sink.FlushAsync(CancellationToken.None);
        _stored = await _server.StoredAsync();

        _stored.Should().HaveCount(12_000);
        foreach (var reader in readers) await reader.ShouldHaveAllAsync();
        readers.Sum(reader => reader.Connections).Should().BeGreaterThan(readers.Count * 2, "they did come back");
    }

    [Test]
    public async Task T4_clients_resume_after_a_restart_of_the_process()
    {
        _server = await StartAsync();
        var readers = StartReaders(99);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => WriteAsync(writer, 1000)));

        await _server.DisposeAsync();
        _server = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => WriteAsync(writer, 1000)));
        await _server.Sink.FlushAsync(CancellationToken.None);
        _stored = await _server.StoredAsync();

        _stored.Should().HaveCount(16_000);
        foreach (var reader in readers) await reader.ShouldHaveAllAsync();
        readers.Sum(reader => reader.Resets).Should().BePositive();
    }

    private Task<StreamServer> StartAsync() => StreamServer.StartAsync(_folder.Database, options =>
    {
        options.Queue.WhenFull = QueueFullMode.Wait;
        options.Tail.RingEntries = Ring;
    });

    private async Task WriteAsync(int writer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var accepted = await _server!.Sink.WriteAsync(Some.Exchange(container: $"c{writer}", url: $"/{i}"), CancellationToken.None);
            accepted.Should().BeTrue();
            if (i % 100 == 0) await Task.Yield();
        }
    }

    private List<Reader> StartReaders(int seed) =>
        [.. Enumerable.Range(0, 24).Select(i => new Reader(this, new Random(seed + i), i % 3 == 0 ? $"c{i % 4}" : null, sleeps: i % 4 == 1))];

    private sealed class Reader
    {
        private readonly StreamExactlyOnceTests _test;
        private readonly Random _random;
        private readonly string? _container;
        private readonly bool _sleeps;
        private readonly List<long> _ids = [];
        private readonly Task _reading;
        private readonly long _start;
        private long _position;

        public Reader(StreamExactlyOnceTests test, Random random, string? container, bool sleeps)
        {
            _test = test;
            _random = random;
            _container = container;
            _sleeps = sleeps;
            _start = _position = test._server!.Ring.Position;
            _reading = Task.Run(ReadAsync);
        }

        public int Connections { get; private set; }

        public int Resets { get; private set; }

        private bool IsDone => _test._stored is { } stored && _position >= Wanted(stored).Last().Id;

        public async Task ShouldHaveAllAsync()
        {
            await _reading;
            _ids.Should().Equal(Wanted(_test._stored!).Select(entry => entry.Id));
        }

        private IEnumerable<LogEntry> Wanted(IEnumerable<LogEntry> entries) =>
            entries.Where(entry => entry.Id > _start && (_container is null || entry.ContainerId == _container));

        private async Task ReadAsync()
        {
            while (!IsDone)
            {
                try
                {
                    await ConnectAsync(_random.Next(1, 1000));
                }
                catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
                {
                    // The server is restarting.
                }

                if (_sleeps && _test._stored is null)
                {
                    var passed = _position + (2 * Ring);
                    await Eventually.Holds(() => _test._stored is not null || _test._server!.Ring.Position > passed, "the ring has moved past the reader");
                }
            }
        }

        private async Task ConnectAsync(int frames)
        {
            var query = _container is null ? "" : $"?containerId={_container}";
            await using var tail = await _test._server!.TailAsync(query, _position);
            Connections++;
            for (var i = 0; i < frames && !IsDone; i++)
            {
                if (await tail.NextAsync() is not { } frame) break;
                if (frame.Event == "reset") Resets++;
                else if (frame.Event == "message") _ids.Add(frame.Id);
                _position = frame.Id;
            }
        }
    }
}
