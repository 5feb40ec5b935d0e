using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HoodyLogs.Benchmarks.Endpoints;

/// <summary>
/// <c>list-load</c>: requests pages over kept-alive connections in its own process, so that the CPU of the server is measured alone. For each line
/// <c>path connections milliseconds</c> on its input it sends requests until the time is up and answers <c>requests bytes elapsedMs p50Us p99Us</c>.
/// </summary>
internal static class ListLoad
{
    public static async Task RunAsync(BenchArguments arguments)
    {
        var port = (int)arguments.Number("port", 0);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var order = line.Split(' ');
            var duration = TimeSpan.FromMilliseconds(int.Parse(order[2], CultureInfo.InvariantCulture));
            var clock = Stopwatch.StartNew();
            var runs = await Task.WhenAll(Enumerable.Range(0, int.Parse(order[1], CultureInfo.InvariantCulture)).Select(_ => Task.Run(() => AskAsync(port, order[0], clock, duration))));
            var times = runs.SelectMany(run => run.Times).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{times.Count} {runs.Sum(run => run.Bytes)} {clock.Elapsed.TotalMilliseconds} {Samples.Percentile(times, 0.5)} {Samples.Percentile(times, 0.99)}"));
        }
    }

    private static async Task<(List<double> Times, long Bytes)> AskAsync(int port, string path, Stopwatch clock, TimeSpan duration)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Logs-Token: {ListServer.Token}\r\n\r\n");
        var response = new ResponseReader(socket);
        var (times, bytes) = (new List<double>(), 0L);
        do
        {
            var start = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            bytes += await response.ReadAsync();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        while (clock.Elapsed < duration);
        return (times, bytes);
    }

    /// <summary>Reads responses to their end and discards them. It parses only the head, and of chunks only the end.</summary>
    private sealed class ResponseReader(Socket socket)
    {
        private readonly byte[] _buffer = new byte[256 * 1024];

        public async Task<long> ReadAsync()
        {
            var (read, head) = (0, -1);
            while (head < 0)
            {
                read += await ReceiveAsync(read);
                head = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
            }

            var text = Encoding.ASCII.GetString(_buffer, 0, head);
            if (!text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)) throw new InvalidOperationException(text);
            const string Length = "Content-Length: ";
            var at = text.IndexOf(Length, StringComparison.Ordinal);
            if (at < 0) return await ReadChunksAsync(read);
            var end = text.IndexOf('\r', at);
            var whole = head + 4 + long.Parse(text[(at + Length.Length)..(end < 0 ? text.Length : end)], CultureInfo.InvariantCulture);
            long all = read;
            while (all < whole) all += await ReceiveAsync(0);
            return all;
        }

        private async Task<long> ReadChunksAsync(int read)
        {
            long all = read;
            while (!_buffer.AsSpan(0, read).EndsWith("\r\n0\r\n\r\n"u8))
            {
                // Keep the last bytes, because the last chunk can arrive in two pieces.
                var kept = Math.Min(read, 7);
                _buffer.AsSpan(read - kept, kept).CopyTo(_buffer);
                var count = await ReceiveAsync(kept);
                all += count;
                read = kept + count;
            }

            return all;
        }

        private async Task<int> ReceiveAsync(int at)
        {
            var count = await socket.ReceiveAsync(_buffer.AsMemory(at));
            return count > 0 ? count : throw new EndOfStreamException();
        }
    }
}
