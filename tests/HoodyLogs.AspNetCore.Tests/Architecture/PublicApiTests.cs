using System.Reflection;
using FluentAssertions;
using HoodyLogs.Yarp;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Architecture;

/// <summary>What the packages promise, held against texts that a change of the promise has to change too.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly[] Packages = [typeof(LogRecord).Assembly, typeof(ProxyLogsOptions).Assembly, typeof(YarpOptions).Assembly];

    [TestCaseSource(nameof(Packages))]
    public async Task The_public_API_is_the_approved_one(Assembly package)
    {
        var name = $"{package.GetName().Name}.txt";
        var approved = Path.Combine(SourceTree.Root, "tests", "HoodyLogs.AspNetCore.Tests", "Architecture", name);
        var received = Path.Combine(SourceTree.Root, "artifacts", "public-api", name);
        var api = PublicApiPrinter.Print(package);
        Directory.CreateDirectory(Path.GetDirectoryName(received)!);
        await File.WriteAllTextAsync(received, api);

        var lines = File.Exists(approved) ? await File.ReadAllLinesAsync(approved) : [];

        var now = api.TrimEnd().Split('\n');
        lines.Except(now).Select(line => $"- {line}").Concat(now.Except(lines).Select(line => $"+ {line}"))
            .Should().BeEmpty($"where the change is meant, copy artifacts/public-api/{name} over the approved text");
        now.Should().Equal(lines);
    }
}
