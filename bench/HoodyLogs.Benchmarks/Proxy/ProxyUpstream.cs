using System.Net;
using System.Text;

namespace HoodyLogs.Benchmarks.Proxy;

/// <summary><c>proxy-upstream</c>: runs the upstream in its own process. GET returns a line. POST reads the body and returns 4 KiB of JSON.</summary>
internal static class ProxyUpstream
{
    private static readonly byte[] Line = """{"id":4711,"name":"Ada","orders":[]}"""u8.ToArray();
    private static readonly byte[] Json = Encoding.UTF8.GetBytes(Payload(secret: false));

    public static async Task RunAsync(BenchArguments arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        Console.WriteLine($"ready {app.Urls.First()}");
        while (await Console.In.ReadLineAsync() is not null) Console.WriteLine();
    }

    /// <summary>4 KiB of JSON, like the body of an API.</summary>
    public static string Payload(bool secret)
    {
        const int Size = 4096;
        var json = new StringBuilder(secret ? """{"user":"ada","password":"correct horse","items":[""" : """{"page":1,"total":4711,"items":[""");
        for (var i = 0; json.Length < Size - 200; i++)
        {
            json.Append($$"""{"id":{{i}},"name":"item number {{i}}","price":{{i}}.95,"tags":["a","b"],"available":true},""");
        }

        json.Append('"').Append('x', Size - json.Length - 3).Append("\"]}");
        return json.ToString();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var isPost = HttpMethods.IsPost(context.Request.Method);
        if (isPost) await context.Request.Body.CopyToAsync(Stream.Null);
        var answer = isPost ? Json : Line;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer);
    }
}
