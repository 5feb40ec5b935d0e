using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HoodyLogs.Benchmarks.Tail;

/// <summary>
/// <c>tail-readers</c>: runs the readers in their own process, so that the CPU of the server is measured alone. The readers count bytes. Every tenth
/// also finds the time that a record carries in its URL. The process writes <c>ready</c> when all readers have received bytes, answers each line on its input
/// with the number of bytes so far, and writes a line of latencies in microseconds when its input ends.
/// </summary>
internal static class TailReaders
{
    /// <summary>The text before the time in the data of a response.</summary>
    public const string TimeMark = "/t/";

    private static readonly List<double> Latencies = [];
    private static long _bytes;
    private static long _ended;

    public static async Task RunAsync(BenchArguments arguments)
    {
        var tails = (int)arguments.Number("tails", 1);
        var port = (int)arguments.Number("port", 0);
        var path = arguments.Text("path", "/")!;
        var first = new CountdownEvent(tails);
        for (var i = 0; i < tails; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var request = $"GET {path.Replace("{i}", $"{i}", StringComparison.Ordinal)} HTTP/1.1\r\nHost: localhost\r\nX-Logs-Token: {TailServer.Token}\r\n\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request));
            _ = ReadAsync(socket, first, looks: i % 10 == 0);
        }

        await Task.Run(first.Wait);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is not null) Console.WriteLine($"{Interlocked.Read(ref _bytes)} {Interlocked.Read(ref _ended)}");
        lock (Latencies) Console.WriteLine($"{Samples.Percentile(Latencies, 0.5)} {Samples.Percentile(Latencies, 0.99)}");
    }

    private static async Task ReadAsync(Socket socket, CountdownEvent first, bool looks)
    {
        var buffer = new byte[64 * 1024];
        var isFirst = true;
        while (await socket.ReceiveAsync(buffer) is > 0 and var count)
        {
            Interlocked.Add(ref _bytes, count);
            if (looks) Look(buffer.AsSpan(0, count));
            if (isFirst) first.Signal();
            isFirst = false;
        }

        Interlocked.Increment(ref _ended);
    }

    private static void Look(ReadOnlySpan<byte> received)
    {
        var now = Stopwatch.GetTimestamp();
        while (received.IndexOf("/t/"u8) is >= 0 and var at)
        {
            received = received[(at + TimeMark.Length)..];
            if (!Utf8Parser.TryParse(received, out long sent, out var digits) || digits == received.Length) continue;
            lock (Latencies) Latencies.Add(Stopwatch.GetElapsedTime(sent, now).TotalMicroseconds);
        }
    }
}
