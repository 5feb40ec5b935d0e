using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>Kills a real process while it writes. The process is this test assembly, which runs only <see cref="Child"/>.</summary>
public sealed class StoreKillTests : SqliteStoreTest
{
    private const string PathVariable = "HOODYLOGS_TEST_DATABASE";

    [Test]
    public async Task After_a_kill_at_any_moment_all_acknowledged_entries_exist_and_new_ids_are_well_above()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "vstest", typeof(StoreKillTests).Assembly.Location, $"/TestCaseFilter:FullyQualifiedName~{nameof(StoreKillTests)}.{nameof(Child)}",
                "--", "NUnit.ExplicitMode=Relaxed",
            },
            Environment = { [PathVariable] = FilePath },
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync();
        try
        {
            await Eventually.Holds(() => child.HasExited || Read("acknowledged") > 20_000, "the child writes");
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }

        await child.WaitForExitAsync();
        Read("acknowledged").Should().BeGreaterThan(20_000, await output);
        await Eventually.Holds(IsFree, "the killed process is gone");

        await using var store = await OpenAsync();
        var ids = await Ids(store);
        ids.Should().HaveCountGreaterThanOrEqualTo((int)Read("acknowledged")).And.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id));
        (ids.Count % 100).Should().Be(0, "a batch is stored completely or not at all");
        (await Append(store, Some.Exchange()))[0].Id.Should().BeGreaterThanOrEqualTo(Read("numbered") + 10_000);
    }

    [Test]
    [Explicit("Runs until it is killed, by the other test.")]
    public async Task Child()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable)!;
        await using var store = await OpenAsync(path: path);
        await using var numbered = new FileStream(path + ".numbered", FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        await using var acknowledged = new FileStream(path + ".acknowledged", FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        while (true)
        {
            var batch = Enumerable.Range(0, 50).Select(_ => Some.Exchange()).ToArray();
            store.AssignIds(batch);
            Write(numbered, batch[^1].LastId);
            await Append(store, batch);
            Write(acknowledged, batch[^1].LastId);
        }
    }

    private static void Write(FileStream file, long id)
    {
        file.Position = 0;
        file.Write(System.Text.Encoding.ASCII.GetBytes(id.ToString("D12", CultureInfo.InvariantCulture)));
        file.Flush();
    }

    private async Task<bool> IsFree()
    {
        try
        {
            await (await OpenAsync()).DisposeAsync();
            return true;
        }
        catch (LogStoreException)
        {
            return false;
        }
    }

    private long Read(string what)
    {
        var path = $"{FilePath}.{what}";
        if (!File.Exists(path)) return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return long.TryParse(reader.ReadToEnd(), CultureInfo.InvariantCulture, out var id) ? id : 0;
    }
}
