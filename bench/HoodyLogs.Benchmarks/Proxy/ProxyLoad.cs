using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>
/// <c>proxy-load</c>: runs the load generator in its own process. It answers <c>PORT GET|POST CONNECTIONS SECONDS</c> after this number of connections
/// has sent sequential requests for this time, with the number of exchanges, the elapsed microseconds, and p50, p99, p99.9 and the maximum of the latencies
/// in microseconds.
/// </summary>
internal static class ProxyLoad
{
    public static async Task RunAsync(BenchArguments arguments)
    {
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } order)
        {
            var words = order.Split(' ');
            var (port, connections, seconds) = (Number(words[0]), Number(words[2]), double.Parse(words[3], CultureInfo.InvariantCulture));
            var request = words[1] == "POST" ? Post() : Get();
            var clock = Stopwatch.StartNew();
            var latencies = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => SendAsync(port, request, clock, seconds))));
            var took = clock.Elapsed.TotalMicroseconds;
            var all = latencies.SelectMany(each => each).ToArray();
            double[] answer = [all.Length, took, .. new[] { 0.5, 0.99, 0.999, 1 }.Select(share => Samples.Percentile(all, share))];
            Console.WriteLine(string.Join(' ', answer.Select(figure => figure.ToString("F0", CultureInfo.InvariantCulture))));
        }
    }

    private static async Task<List<double>> SendAsync(int port, byte[] request, Stopwatch clock, double seconds)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var buffer = new byte[16 * 1024];
        var length = await LearnLengthAsync(socket, request, buffer);
        var latencies = new List<double>(1 << 16);
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            var received = 0;
            while (received < length) received += await ReceiveAsync(socket, buffer.AsMemory(received));
            if (received != length || !IsOk(buffer)) throw new InvalidOperationException(Encoding.ASCII.GetString(buffer, 0, received));
            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
        }

        return latencies;
    }

    /// <summary>All responses have the same length, so that the load generator needs little CPU.</summary>
    private static async Task<int> LearnLengthAsync(Socket socket, byte[] request, byte[] buffer)
    {
        const string LengthHeader = "Content-Length: ";
        await socket.SendAsync(request);
        var received = 0;
        while (true)
        {
            received += await ReceiveAsync(socket, buffer.AsMemory(received));
            var text = Encoding.ASCII.GetString(buffer, 0, received);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            if (!IsOk(buffer)) throw new InvalidOperationException(text);
            var digits = text.IndexOf(LengthHeader, StringComparison.OrdinalIgnoreCase) + LengthHeader.Length;
            var length = end + 4 + Number(text[digits..text.IndexOf('\r', digits)]);
            if (received == length) return length;
        }
    }

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        var count = await socket.ReceiveAsync(buffer);
        return count > 0 ? count : throw new InvalidOperationException("The proxy ended the connection.");
    }

    private static bool IsOk(ReadOnlySpan<byte> response) => response.StartsWith("HTTP/1.1 200 "u8);

    private static byte[] Get() => Encoding.ASCII.GetBytes(
        "GET /v1/users/4711/orders?page=3 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Hoody-CLI/1.4.2\r\nAccept: application/json\r\n\r\n");

    private static byte[] Post()
    {
        var body = ProxyUpstream.Payload(secret: true);
        return Encoding.ASCII.GetBytes(
            "POST /v1/users/4711/orders HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Hoody-CLI/1.4.2\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
