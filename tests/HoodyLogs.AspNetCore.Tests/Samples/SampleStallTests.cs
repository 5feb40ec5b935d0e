using System.Net;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Samples;

/// <summary>Stops a process while a call of SQLite does not return.</summary>
[Platform(Exclude = "Win", Reason = "Ends processes by SIGTERM.")]
public sealed class SampleStallTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task B4_a_process_whose_write_hangs_at_shutdown_exits_and_reports_the_lost_entries()
    {
        await using var proxy = await SampleProcess.StartProxyAsync(
            _folder.Path, "Development", "--ProxyLogs:Sqlite:Database=" + _folder.Database, "--Demo:Traffic=false");
        (await proxy.SendAsync(HttpMethod.Get, "/v1/users")).Dispose();
        await Eventually.Holds(() => Scalar("SELECT count(*) FROM records") > 0, "the first exchange is stored");

        // From here on, sqlite3_step never returns from an insert.
        Scalar("CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n");
        Scalar("CREATE TRIGGER stalling BEFORE INSERT ON records BEGIN SELECT c FROM endless; END");
        using (var answer = await proxy.SendAsync(HttpMethod.Get, "/v1/users")) answer.StatusCode.Should().Be(HttpStatusCode.OK);
        await Eventually.Holds(IsLocked, "the writer is in its transaction");

        proxy.Process.Terminate();
        await proxy.Process.EndAsync();

        proxy.Process.ExitCode.Should().Be(0, proxy.Process.Output);
        proxy.Process.Output.Should().Contain("log entries were dropped because the log writer could not store them").And.Contain("was not closed within");
    }

    private bool IsLocked()
    {
        try
        {
            Scalar("BEGIN IMMEDIATE; ROLLBACK");
            return false;
        }
        catch (SqliteException busy) when (busy.SqliteErrorCode == 5)
        {
            return true;
        }
    }

    private long Scalar(string sql)
    {
        using var other = new SqliteConnection($"Data Source={_folder.Database};Pooling=False;Default Timeout=1");
        other.Open();
        using var command = new SqliteCommand(sql, other);
        return command.ExecuteScalar() is long value ? value : 0;
    }
}
