using System.Globalization;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Samples;

/// <summary>Kills the proxy under load and starts it again. Readers resume from their last id and receive each stored entry once.</summary>
public sealed class SampleKillTests
{
    private const string Token = "an-admin-token-for-the-test";

    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task T4_T5_E3_after_a_SIGKILL_readers_resume_and_receive_each_stored_entry_once()
    {
        var proxy = await StartAsync("http://127.0.0.1:0");
        try
        {
            var address = proxy.Client.BaseAddress!;
            (await proxy.SendAsync(HttpMethod.Get, "/v1/orders/0", "acme-c1-api-1.localhost")).Dispose();
            var start = (await proxy.EntriesAsync("limit=2", 2))[^1].GetProperty("id").GetInt64();
            using var ending = new CancellationTokenSource();
            var readers = Enumerable.Range(0, 8)
                .Select(i => new Reader(address, new Random(i), i % 2 == 0 ? "" : "?projectId=acme", start, ending.Token)).ToList();

            await LoadAsync(proxy, async () =>
            {
                await Eventually.Holds(() => readers.TrueForAll(reader => reader.Position > start + 500), "all readers read");
                await proxy.Process.KillAsync();
            });
            var before = readers.Max(reader => reader.Position);
            await proxy.DisposeAsync();
            proxy = await StartAsync(address.ToString());
            await LoadAsync(proxy, () => Eventually.Holds(() => readers.TrueForAll(reader => reader.Position > before + 10_000), "all readers are back"));
            (await proxy.SendAsync(HttpMethod.Get, "/v1/orders/last", "acme-c1-api-1.localhost")).Dispose();
            await proxy.EntriesAsync("q=/v1/orders/last", 2);

            var stored = await StoredAsync(proxy, "", start);
            var ofProject = await StoredAsync(proxy, "&projectId=acme", start);
            await Eventually.Holds(() => readers.TrueForAll(reader => reader.Position >= ofProject[^1]), "all readers have the last entry");
            await ending.CancelAsync();

            foreach (var reader in readers)
            {
                (await reader.IdsAsync()).Should().Equal(reader.IsOfProject ? ofProject : stored);
                reader.Resets.Should().BeGreaterThanOrEqualTo(1, "each comes back with an id of the first process, again where it left before the first entry");
            }

            (stored.First(id => id > before + 5_000) - stored.Last(id => id < before + 5_000)).Should().BeGreaterOrEqualTo(10_000);
        }
        finally
        {
            await proxy.DisposeAsync();
        }
    }

    private async Task<SampleProxy> StartAsync(string address)
    {
        var proxy = await SampleProcess.StartProxyAsync(
            _folder.Path, "Production", "--urls", address, "--ProxyLogs:Access:Tokens:0:Token=" + Token, "--ProxyLogs:Access:Tokens:0:Admin=true",
            "--ProxyLogs:Sqlite:Database=" + _folder.Database, "--ProxyLogs:Tail:RingEntries=200", "--Demo:Traffic=false");
        proxy.Use(Token);
        return proxy;
    }

    /// <summary>Sends requests from four clients until the task completes. Ignores requests that fail because the process was killed.</summary>
    private static async Task LoadAsync(SampleProxy proxy, Func<Task> until)
    {
        using var enough = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(async client =>
        {
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    var project = client % 2 == 0 ? "acme" : "globex";
                    (await proxy.SendAsync(HttpMethod.Get, $"/v1/orders/{client}", $"{project}-c1-api-1.localhost")).Dispose();
                }
                catch (HttpRequestException)
                {
                    return;
                }
            }
        }).ToList();
        await until();
        await enough.CancelAsync();
        await Task.WhenAll(clients);
    }

    private static async Task<List<long>> StoredAsync(SampleProxy proxy, string filter, long after)
    {
        var ids = new List<long>();
        for (var count = 1000; count == 1000;)
        {
            var page = await proxy.GetJsonAsync($"/api/proxy-logs/_logs?limit=1000&afterId={after.ToString(CultureInfo.InvariantCulture)}{filter}");
            ids.AddRange(page.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64()));
            count = page.GetProperty("entries").GetArrayLength();
            after = ids[^1];
        }

        return ids;
    }

    private sealed class Reader
    {
        private readonly Uri _address;
        private readonly Random _random;
        private readonly string _query;
        private readonly CancellationToken _ending;
        private readonly List<long> _ids = [];
        private readonly Task _reading;
        private long _position;

        public Reader(Uri address, Random random, string query, long start, CancellationToken ending)
        {
            (_address, _random, _query, _position, _ending) = (address, random, query, start, ending);
            _reading = Task.Run(ReadAsync, CancellationToken.None);
        }

        public bool IsOfProject => _query.Length > 0;

        public long Position => Volatile.Read(ref _position);

        public int Resets { get; private set; }

        public async Task<List<long>> IdsAsync()
        {
            await _reading;
            return _ids;
        }

        private async Task ReadAsync()
        {
            while (!_ending.IsCancellationRequested)
            {
                try
                {
                    await ConnectAsync(_random.Next(50, 800));
                }
                catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
                {
                    // The server restarts, or the test ends.
                }
            }
        }

        private async Task ConnectAsync(int frames)
        {
            await using var tail = await StreamClient.OpenAsync(_address, _query, _position, Token);
            await using var end = _ending.UnsafeRegister(static response => ((HttpResponseMessage)response!).Dispose(), tail.Response);
            for (var i = 0; i < frames; i++)
            {
                if (await tail.NextAsync() is not { } frame) return;
                if (frame.Event == "reset") Resets++;
                else if (frame.Event == "message") _ids.Add(frame.Id);
                Volatile.Write(ref _position, frame.Id);
            }
        }
    }
}
