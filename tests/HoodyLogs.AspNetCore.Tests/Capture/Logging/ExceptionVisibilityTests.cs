using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Logging;

/// <summary>Only admins see the text of an exception that the host logs. Other readers see its type.</summary>
public sealed class ExceptionVisibilityTests
{
    private const string Hidden = "server db-17 said \"no\" to hunter2";

    private static readonly InvalidOperationException Thrown = Throw(new InvalidOperationException(Hidden));

#pragma warning disable CA2253, CA2254 // the tests vary how hosts log
    private static readonly (string Name, Action<ILogger> Log)[] Variants =
    [
        ("the exception of the log record", logger => logger.LogError(Thrown, "Order {Id} failed", 5)),
        ("a value of the template", logger => logger.LogError("failed: {Ex}", Thrown)),
        ("an interpolated string", logger => logger.LogError($"failed: {Thrown}")),
        ("an interpolated string of one that was not thrown", logger => logger.LogError($"failed: {new InvalidOperationException(Hidden)}")),
        ("an interpolated message beside the exception", logger => logger.LogError(Thrown, $"failed: {Thrown.Message}")),
        ("its message as a value", logger => logger.LogError(Thrown, "failed {Reason}", Thrown.Message)),
        ("its message in other letters", logger => logger.LogError(Thrown, "failed {Reason}", Thrown.Message.ToUpperInvariant())),
        ("the beginning of its message", logger => logger.LogError(Thrown, "failed {Reason}", Thrown.Message[..16])),
        ("an inner exception", logger => logger.LogError(new TimeoutException("outer", Thrown), "failed {Reason}", Thrown.Message)),
        ("the message of an inner exception", logger => logger.LogError(new TimeoutException("outer", Thrown), $"failed {Thrown.Message}")),
        ("an aggregate", logger => logger.LogError(new AggregateException("many", new TimeoutException("one"), Thrown), "failed {Reason}", Thrown.Message)),
        ("a list of exceptions", logger => logger.LogError("failed {All}", new List<Exception> { new TimeoutException("one"), Thrown })),
        ("a pair", logger => logger.LogError("failed {Pair}", KeyValuePair.Create("first", Thrown))),
        ("a tuple", logger => logger.LogError("failed {Pair}", (1, Thrown))),
        ("an anonymous object", logger => logger.LogError("failed {@All}", new { Thrown, Id = 1 })),
        ("a task that failed", logger => logger.LogError("failed {Task} {Message}", Task.FromException(Thrown), Thrown.Message)),
        ("a stack trace and a message", logger => logger.LogError("failed {Message} {StackTrace}", Thrown.Message, Thrown.StackTrace)),
        ("numbered values", logger => logger.LogError("failed {0} {1}", Thrown.Message, Thrown.StackTrace)),
        ("a type and a message", logger => logger.LogError("{Type}: {Message}", Thrown.GetType(), Thrown.Message)),
        ("a type and a message behind a dash", logger => logger.LogError("{0} - {1}", Thrown.GetType().Name, Thrown.Message)),
        ("a value with its name", logger => logger.LogError("failed {ExceptionMessage}", Thrown.Message)),
        ("JSON", logger => logger.LogError("failed {Json}", JsonSerializer.Serialize(new { title = "x", detail = Thrown.Message, exception = Thrown.ToString() }))),
        ("a JSON node", logger => logger.LogError("failed {Json}", new JsonObject { ["error"] = Thrown.ToString() })),
        ("problem details beside the exception", logger => logger.LogError(Thrown, "failed {Json}", JsonSerializer.Serialize(new { detail = Thrown.Message }))),
        ("an exception as other loggers take it apart", logger => logger.LogError(
            "failed {ExceptionDetail}", $$"""InvalidOperationException { Message: "{{Thrown.Message}}", HResult: 5, StackTrace: "…" }""")),
        ("one taken apart under another name", logger => logger.LogError(
            "failed {@Given}", $$"""{ Message: "{{Thrown.Message}}", HResult: 5, StackTrace: "…", $type: "InvalidOperationException" }""")),
        ("a value as an object", logger => logger.LogError("failed {@Ex} {$Again}", Thrown, Thrown)),
        ("joined lines", logger => logger.LogError(Thrown.ToString().ReplaceLineEndings(" "))),
        ("escaped lines", logger => logger.LogError(Thrown.ToString().ReplaceLineEndings("\\n"))),
        ("the data of an exception", logger => logger.LogError(WithData(), "failed {Data}", Hidden)),
        ("the name of the event", logger => logger.Log(LogLevel.Error, new EventId(1, Thrown.Message), Thrown, "failed")),
        ("the name of a value", logger => logger.Log(
            LogLevel.Error, default, new Dictionary<string, object?> { [Thrown.Message] = 1 }, Thrown, (_, _) => "failed")),
        ("a message that is cut", logger => logger.LogError($"{new string('x', 8100)} {Thrown}")),
        ("a formatter that writes the exception", logger => logger.Log(LogLevel.Error, default, 1, Thrown, (_, exception) => $"failed {exception}")),
        ("an exception that writes itself in its own way", logger => logger.LogError(new Own(), $"failed {new Own()}")),
        ("a dictionary of exceptions", logger => logger.LogError("failed {Failures}", new Dictionary<string, Exception> { ["first"] = Thrown })),
        ("a pair with an exception", logger => logger.LogError("failed {Failure}", new KeyValuePair<string, Exception>("first", Thrown))),
        ("an exception that writes nothing of its own", logger => logger.LogError(new Mute(), "failed {Ex}", Thrown)),
    ];
#pragma warning restore CA2253, CA2254

    private static IEnumerable<string> Names => Variants.Select(variant => variant.Name);

    [TestCaseSource(nameof(Names))]
    public async Task Only_admins_see_the_text_of_an_exception_in(string name)
    {
        var record = await LogAsync(Variants.Single(variant => variant.Name == name).Log);
        var shown = record.ForScope().Data.GetRawText();
        foreach (var part in new[] { "db-17", "hunter2", "DB-17", "HUNTER2", ".Throw(", "ExceptionVisibilityTests.cs" }) shown.Should().NotContain(part);
        record.Request().Data.GetRawText().Should().ContainAny("db-17", "DB-17");
    }

    [Test]
    public async Task A_reader_of_the_scope_sees_the_exception_type_the_message_and_the_other_values()
    {
        var record = await LogAsync(logger => logger.LogError(new EventId(7, "Odd"), Thrown, "Order {Id} of {User} failed: {Ex}", 5, "ada", Thrown));
        var entry = record.ForScope();
        entry.Data("message").GetString().Should().Be("Order {Id} of {User} failed: {Ex}");
        entry.Data("exception").GetString().Should().Be("System.InvalidOperationException");
        entry.Data("attributes").GetRawText().Should().Be("""{"Id":5,"User":"ada","Ex":"System.InvalidOperationException"}""");
        entry.Data("eventName").GetString().Should().Be("Odd");
        entry.HasData("exceptionTruncated").Should().BeFalse();
        var admins = record.Request();
        admins.Data("message").GetString().Should().StartWith("Order 5 of ada failed: System.InvalidOperationException: server");
        admins.Data("exception").GetString().Should().Contain("db-17");
    }

    [Test]
    public async Task A_message_without_the_text_of_the_exception_does_not_change()
    {
        var entry = (await LogAsync(logger => logger.LogError(Thrown, "Order {Id} failed for {Reason}", 5, "lack of stock"))).ForScope();
        entry.Data("message").GetString().Should().Be("Order 5 failed for lack of stock");
        entry.Data("attributes").GetRawText().Should().Be("""{"Id":5,"Reason":"lack of stock"}""");
    }

    [TestCase("An InvalidOperationException came at 5 (again)")]
    [TestCase("Error: the reason is {Reason}, at night")]
    [TestCase("plain")]
    public async Task A_log_record_without_an_exception_is_stored_once(string template)
    {
#pragma warning disable CA2254 // the tests vary the template
        var record = await LogAsync(logger => logger.LogError(template, "rain"));
#pragma warning restore CA2254
        record.ResponseData.Should().BeNull();
        record.ForScope().Data.GetRawText().Should().Be(record.Request().Data.GetRawText());
    }

    [Test]
    public async Task Sensitive_values_are_redacted_for_all_readers()
    {
        var record = await LogAsync(logger => logger.LogError(new InvalidOperationException("password=s3cret"), "failed {Password} {Ex}", "s3cret", Thrown));
        record.ForScope().Data.GetRawText().Should().NotContain("s3cret").And.NotContain("db-17");
        record.Request().Data.GetRawText().Should().NotContain("s3cret").And.Contain("db-17");
    }

    [Test]
    public async Task ShowExceptionsToTenants_shows_exceptions_to_all_readers_after_a_reload()
    {
        await using var server = await StartAsync(logger => logger.LogError(Thrown, "failed"));
        await server.Client.GetAsync("/");
        (await server.NextAsync()).ForScope().Data("exception").GetString().Should().Be("System.InvalidOperationException");
        await server.NextAsync();
        server.Reload("ProxyLogs:Capture:ShowExceptionsToTenants", "true");
        await server.Client.GetAsync("/");
        var shown = await server.NextAsync();
        shown.ForScope().Data("exception").GetString().Should().Contain("db-17");
        shown.ResponseData.Should().BeNull();
    }

    [Test]
    public async Task An_exception_that_cannot_be_formatted_is_stored_as_its_type()
    {
        var record = await LogAsync(logger => logger.LogError(new Broken(), "failed {Id}", 5));
        record.ForScope().Data("exception").GetString().Should().EndWith("Broken");
        record.ForScope().Data("message").GetString().Should().Be("failed 5");
    }

    private static async Task<LogRecord> LogAsync(Action<ILogger> log)
    {
        await using var server = await StartAsync(log);
        await server.Client.GetAsync("/");
        return await server.NextAsync();
    }

    private static Task<CaptureServer> StartAsync(Action<ILogger> log) => CaptureServer.StartAsync(
        app => app.MapGet("/", (ILoggerFactory factory) =>
        {
            log(factory.CreateLogger("Host.Part"));
            return "answer";
        }),
        build: builder => builder.Logging.ClearProviders().AddProxyLogs());

    private static InvalidOperationException Throw(InvalidOperationException exception)
    {
        try
        {
            throw exception;
        }
        catch (InvalidOperationException thrown)
        {
            return thrown;
        }
    }

    private static TimeoutException WithData() => new("it took too long") { Data = { ["sql"] = Hidden } };

    private sealed class Own() : Exception("of its own")
    {
        public override string ToString() => Hidden;
    }

    private sealed class Mute() : Exception("")
    {
        public override string ToString() => "";

        public override IDictionary Data => throw new InvalidOperationException();
    }

    private sealed class Broken() : Exception(Hidden)
    {
        public override string Message => throw new InvalidOperationException();

        public override string ToString() => throw new InvalidOperationException();
    }
}
