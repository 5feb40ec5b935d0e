using FluentAssertions;
using HoodyLogs.Storage.Sqlite.Series;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Series;

/// <summary>Unverified scopes have a fixed quota of the series. Known scopes always have room.</summary>
public sealed class UnverifiedSeriesQuotaTests : SqliteStoreTest
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "QUERY", "PROPFIND", "MKCOL", "COPY", "MOVE", "LOCK"];

    [SetUp]
    public void FewSeries() => Settings = Settings with { MaxSeries = 200 };

    [Test]
    public async Task A11_any_number_of_hosts_leaves_room_for_the_first_error_of_a_known_tenant()
    {
        await using var store = await OpenAsync();
        await Append(store, Unverified("victim"), Some.Exchange(project: "verified"));
        await AttackAsync(store, i => Unverified($"attacker{i}"));

        await Append(
            store, Unverified("victim", EntryLevel.Error, "POST"), Unverified("victim", EntryLevel.Warn), Unverified("victim", EntryLevel.Error, "GET"),
            Some.Exchange(project: "verified", level: EntryLevel.Error), Some.Exchange(project: "new-and-verified"));
        (await Levels(store, "victim")).Should().Equal(EntryLevel.Info, EntryLevel.Error, EntryLevel.Warn, EntryLevel.Error);
        (await Levels(store, "verified")).Should().Equal(EntryLevel.Info, EntryLevel.Error);
        (await Levels(store, "new-and-verified")).Should().Equal(EntryLevel.Info);
        store.UnscopedRecords.Should().BeGreaterThan(400);
    }

    [Test]
    public async Task A11_any_number_of_services_in_a_known_container_uses_no_room_of_the_container()
    {
        await using var store = await OpenAsync();
        await Append(store, Unverified("victim"), Some.Exchange(project: "verified"));
        await AttackAsync(store, i => Unverified("victim", service: $"s{i}"));
        await AttackAsync(store, i => Unverified("verified", service: $"s{i}"));

        await Append(store, Unverified("victim", EntryLevel.Error), Some.Exchange(project: "verified", level: EntryLevel.Error, method: "PUT"));
        (await Levels(store, "victim")).Should().EndWith(EntryLevel.Error);
        (await Levels(store, "verified")).Should().EndWith(EntryLevel.Error);
    }

    [Test]
    public async Task A11_any_number_of_methods_in_a_known_scope_leaves_its_errors_visible()
    {
        await using var store = await OpenAsync();
        await Append(store, Unverified("victim"));
        await AttackAsync(store, i => Unverified($"attacker{i}"));
        await Append(store, [.. Methods.Select(method => Unverified("victim", EntryLevel.Warn, method))]);
        await Append(store, [.. Enum.GetValues<EntryLevel>().Select(level => Unverified("victim", level, "REPORT"))]);

        var entries = await store.ListAsync(LogScope.Project("victim"), new LogQuery { Filter = Responses, Limit = 1_000 });
        entries.Should().HaveCount(1 + Methods.Length + 4, "the tenant can read all its own entries");
        entries[^1].Level.Should().Be(Enum.GetValues<EntryLevel>()[^1]);
        store.UnscopedRecords.Should().Be(500 - (await store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None)).ByProject.Count(pair => pair.Key.StartsWith("attacker", StringComparison.Ordinal)));
    }

    [Test]
    public async Task A11_the_quota_survives_a_restart_and_restarts_do_not_add_to_it()
    {
        var attackers = 0;
        for (var start = 0; start < 4; start++)
        {
            await using var store = await OpenAsync();
            await Append(store, Unverified("victim"));
            await AttackAsync(store, i => Unverified($"attacker{start}-{i}"));
            var stats = await store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None);
            var now = stats.ByProject.Keys.Count(name => name.StartsWith("attacker", StringComparison.Ordinal));
            if (start == 0) attackers = now;
            now.Should().Be(attackers).And.BeInRange(1, 100 / UnverifiedSeriesQuota.ReservedPerScope);
        }

        await using var last = await OpenAsync();
        await Append(last, Unverified("victim", EntryLevel.Error));
        await Append(last, [.. Enumerable.Range(0, 90).Select(i => Some.Exchange(project: $"verified{i}"))]);
        (await Levels(last, "victim")).Should().EndWith(EntryLevel.Error);
        (await Levels(last, "verified89")).Should().Equal(EntryLevel.Info);
    }

    [Test]
    public async Task A11_a_deleted_scope_releases_its_reservation()
    {
        await using var store = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            await Append(store, Unverified($"p{round}"), Unverified($"p{round}", EntryLevel.Error, "POST"));
            (await Levels(store, $"p{round}")).Should().Equal(EntryLevel.Info, EntryLevel.Error);
            await store.DeleteScopeAsync(LogScope.Project($"p{round}"), CancellationToken.None);
        }

        store.UnscopedRecords.Should().Be(0);
    }

    [Test]
    public async Task A11_the_series_of_a_file_without_quota_table_count_as_verified()
    {
        await using (var store = await OpenAsync()) await Append(store, Unverified("old"));
        Sql("DROP TABLE unverified_series");
        await using var reopened = await OpenAsync();
        await Append(reopened, Unverified("old"), Unverified("old", EntryLevel.Error), Unverified("new"));
        (await Levels(reopened, "old")).Should().Equal(EntryLevel.Info, EntryLevel.Info, EntryLevel.Error);
        (await Levels(reopened, "new")).Should().Equal(EntryLevel.Info);
    }

    private static LogFilter Responses => new() { Kinds = [EntryKind.Response] };

    private static LogRecord Unverified(string project, EntryLevel level = EntryLevel.Info, string? method = "GET", string service = "web") => new()
    {
        Shape = RecordShape.Exchange,
        Level = level,
        ProjectId = project,
        ContainerId = "c1",
        ServiceName = service,
        Method = method,
        TimestampMs = Some.ArrivalMs,
        IsScopeUnverified = true,
    };

    private static async Task AttackAsync(ILogStore store, Func<int, LogRecord> make)
    {
        for (var batch = 0; batch < 5; batch++) await Append(store, [.. Enumerable.Range(batch * 100, 100).Select(make)]);
    }

    private static async Task<List<EntryLevel>> Levels(ILogStore store, string project) =>
        [.. (await store.ListAsync(LogScope.Project(project), new LogQuery { Filter = Responses, Limit = 1_000 })).Select(entry => entry.Level)];
}
