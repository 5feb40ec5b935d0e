using System.Runtime.Versioning;
using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Files;

/// <summary>The database file: permissions, damage, locks and versions.</summary>
public sealed class StoreFileTests : SqliteStoreTest
{
    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_read_the_folder_and_files()
    {
        var path = Path.Combine(Folder.Path, "new", "deep", "logs.db");
        await using var store = await OpenAsync(path: path);
        await Append(store, Some.Exchange());

        File.GetUnixFileMode(Path.GetDirectoryName(path)!).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(path)!))
        {
            File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Test]
    public async Task A_second_store_on_the_same_file_is_refused_and_the_message_names_the_owner()
    {
        await using var store = await OpenAsync();

        var second = () => OpenAsync();

        (await second.Should().ThrowAsync<LogStoreException>())
            .WithMessage($"*{FilePath}*in use*{Environment.ProcessId}*");
        await Append(store, Some.Exchange());
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task E3_a_damaged_file_is_moved_aside_and_the_new_ids_begin_above_the_time_in_microseconds(bool isTruncated)
    {
        await using (var store = await OpenAsync()) await AppendMany(store, 2_000);
        var content = await File.ReadAllBytesAsync(FilePath);
        if (isTruncated) content = content[..(content.Length / 2)];
        else Array.Fill(content, (byte)'x', 0, 100);
        await File.WriteAllBytesAsync(FilePath, content);

        await using var begun = await OpenAsync();
        await Append(begun, Some.Exchange());

        begun.MovedAsidePath.Should().StartWith(FilePath + ".corrupt-");
        (await File.ReadAllBytesAsync(begun.MovedAsidePath!)).Should().Equal(content);
        var entries = await begun.ListAsync(LogScope.All, new LogQuery());
        entries.Select(entry => entry.Kind).Should().Equal(EntryKind.Event, EntryKind.Request, EntryKind.Response);
        entries[0].Level.Should().Be(EntryLevel.Error);
        entries[0].Data.GetProperty("message").GetString().Should().Contain(begun.MovedAsidePath);
        entries[0].Id.Should().BeGreaterThan(Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        begun.FirstVisibleId.Should().Be(entries[0].Id);
    }

    [TestCase("x''")]
    [TestCase("x'FFFFFFFFFFFFFFFFFFFFFFFF'")]
    [TestCase("substr(data, 1, 20)")]
    [TestCase("data || x'00'")]
    public async Task A_damaged_row_is_reported_by_id_and_does_not_affect_other_reads(string damaged)
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 5);
        Sql($"UPDATE records SET data = CAST({damaged} AS BLOB) WHERE id = 5");

        foreach (var query in new[] { new LogQuery(), new LogQuery { Descending = true }, new LogQuery { IncludeRequestBody = true } })
        {
            var reading = async () => await store.ListAsync(LogScope.All, query);
            (await reading.Should().ThrowAsync<LogStoreException>()).WithMessage("Row 5 *damaged*").Where(failure => StoreDamage.IsDamage(failure));
        }

        (await Ids(store, new LogQuery { AfterId = 6 })).Should().Equal(7, 8, 9, 10);
        await Append(store, Some.Exchange());
        store.LastId.Should().Be(12);
    }

    [TestCase("1")]
    [TestCase("1, 2, 3")]
    [TestCase("9, 10")]
    [TestCase("4, 5, 6, 7, 8")]
    public async Task Damaged_rows_do_not_stop_retention_by_age(string damaged)
    {
        Settings = Settings with { SegmentRows = 4 };
        Retention.MaxAge = TimeSpan.FromMinutes(10);
        await using var store = await OpenAsync();
        for (var minute = 0; minute < 18; minute++)
        {
            await Append(store, Some.Event());
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Sql($"UPDATE records SET data = x'' WHERE id IN ({damaged})");
        await MaintainAll(store);
        store.FirstVisibleId.Should().BeInRange(9, 11);
        Time.Advance(TimeSpan.FromMinutes(4));
        await MaintainAll(store);

        (await Ids(store)).Should().Equal(13, 14, 15, 16, 17, 18);
        Sql("SELECT count(*) FROM records").Should().Be(6);
    }

    [Test]
    public async Task Damaged_rows_do_not_stop_the_deletion_of_their_scope()
    {
        var log = new MessageList();
        using var factory = new LoggerFactory([log]);
        await using var store = await OpenAsync(factory.CreateLogger<SqliteLogStore>());
        await Append(store, [.. Enumerable.Range(0, 6).Select(i => Some.Exchange(project: i % 2 == 0 ? "gone" : "stays").WithBodies(Some.Text("body"), null))]);
        Sql("UPDATE records SET data = x'' WHERE id = 5");

        await store.DeleteScopeAsync(LogScope.Project("gone"), CancellationToken.None);
        await MaintainAll(store);

        Sql("SELECT count(*) FROM records").Should().Be(3);
        (await Ids(store)).Should().Equal(3, 4, 7, 8, 11, 12);
        log.Messages.Should().ContainSingle(message => message.Text.StartsWith("Row 5 of a deleted scope is damaged"));
    }

    [TestCase("x''")]
    [TestCase("x'FF7F' || substr(data, 2)")]
    public async Task E3_a_file_with_a_damaged_row_in_the_active_segment_is_moved_aside(string damaged)
    {
        await using (var store = await OpenAsync()) await AppendMany(store, 5);
        Sql($"UPDATE records SET data = CAST({damaged} AS BLOB) WHERE id = 5");

        await using var begun = await OpenAsync();

        begun.MovedAsidePath.Should().StartWith(FilePath + ".corrupt-");
        (await begun.ListAsync(LogScope.All, new LogQuery())).Should().ContainSingle().Which.Kind.Should().Be(EntryKind.Event);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(99)]
    public async Task A_file_with_another_schema_version_is_refused_and_not_changed(int version)
    {
        await using (var store = await OpenAsync()) await Append(store, Some.Exchange());
        Sql($"PRAGMA user_version = {version}");
        var before = await File.ReadAllBytesAsync(FilePath);

        var opening = () => OpenAsync();

        (await opening.Should().ThrowAsync<LogStoreException>()).WithMessage($"*version {version}*not changed*");
        (await File.ReadAllBytesAsync(FilePath)).Should().Equal(before);
    }

    [Test]
    public async Task A_folder_is_refused_as_database_and_no_file_is_left_next_to_it()
    {
        var path = Path.Combine(Folder.Path, "data");
        Directory.CreateDirectory(path);
        var open = () => OpenAsync(path: path);
        (await open.Should().ThrowAsync<LogStoreException>()).WithMessage($"*{path} is a folder*{Path.Combine(path, "logs.db")}*");
        Directory.GetFileSystemEntries(Folder.Path).Should().Equal(path);
    }

    [Test]
    public async Task The_message_names_a_path_that_cannot_be_created()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder.Path, "file"), "");
        var path = Path.Combine(Folder.Path, "file", "logs.db");

        var opening = () => OpenAsync(path: path);

        (await opening.Should().ThrowAsync<LogStoreException>()).WithMessage($"*{path}*");
    }

    [Test]
    public async Task Writing_stops_below_MinFreeBytes_and_continues_above_it()
    {
        await using var store = await OpenAsync();
        MinFreeBytes = long.MaxValue;
        var record = Some.Exchange();
        var append = () => Append(store, record);
        (await append.Should().ThrowAsync<LogStoreException>()).WithMessage("*MinFreeBytes*");

        MinFreeBytes = 1;
        await append.Should().NotThrowAsync();
        (await Ids(store)).Should().Equal(record.Id, record.LastId);
    }

    [Test]
    public async Task A_batch_that_fails_halfway_stores_nothing_and_can_be_appended_again_with_its_ids()
    {
        Settings = Settings with { SegmentRows = 4 };
        await using var store = await OpenAsync();
        await AppendMany(store, 3);
        var batch = Enumerable.Range(0, 10).Select(i => Some.Exchange(service: $"s{i}", url: $"/{i}")).ToArray();
        Sql("CREATE TRIGGER refusing BEFORE INSERT ON records WHEN NEW.id = 21 BEGIN SELECT RAISE(ABORT, 'refused'); END");

        var append = () => Append(store, batch);
        (await append.Should().ThrowAsync<LogStoreException>()).WithInnerException<SqliteException>();
        var numbers = batch.Select(record => record.Id).ToList();
        (await Ids(store)).Should().Equal(1, 2, 3, 4, 5, 6);
        store.LastId.Should().Be(6);
        (await store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None)).Total.Should().Be(6);

        Sql("DROP TRIGGER refusing");
        await append();
        batch.Select(record => record.Id).Should().Equal(numbers);
        (await Ids(store)).Should().HaveCount(26).And.BeInAscendingOrder();
    }

    [Test]
    public async Task A_batch_fails_while_another_program_holds_the_write_lock_and_can_be_appended_again()
    {
        await using var store = await OpenAsync();
        await using var other = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        var record = Some.Exchange();
        var append = () => Append(store, record);

        (await append.Should().ThrowAsync<LogStoreException>()).WithMessage("*locked*");

        await transaction.RollbackAsync();
        await append();
        (await Ids(store)).Should().Equal(record.Id, record.LastId);
    }

    [Test]
    public async Task Records_with_too_long_ids_or_beyond_the_series_limit_are_stored_without_scope_and_counted()
    {
        Settings = Settings with { MaxSeries = 2 };
        await using var store = await OpenAsync();
        await Append(
            store, Some.Exchange(container: "c1"), Some.Exchange(container: "c2"), Some.Exchange(container: "c3", method: "BREW"),
            Some.Exchange(container: "c1"), Some.Exchange(project: new string('p', 129)));

        store.UnscopedRecords.Should().Be(2);
        (await Ids(store, scope: LogScope.Project("p1"))).Should().Equal(1, 2, 3, 4, 7, 8);
        var confined = (await store.ListAsync(LogScope.All, new LogQuery { AfterId = 4, Limit = 1 })).Single();
        (confined.ProjectId, confined.ContainerId, confined.ServiceName, confined.Method, confined.Url).Should().Be((null, null, null, null, "/v1/users"));
    }
}
