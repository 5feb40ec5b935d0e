using System.Runtime.Versioning;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Files;

/// <summary>Backups of a store in use, and stores that are restored from them.</summary>
public sealed class StoreBackupTests : SqliteStoreTest
{
    private static readonly LogQuery All = new() { Limit = int.MaxValue, IncludeRequestBody = true, MaxBytes = long.MaxValue };

    private string Backup => Path.Combine(Folder.Path, "backups", "monday");

    private string Restored => Path.Combine(Backup, "logs.db");

    [Test]
    public async Task A_backup_during_appends_contains_all_entries_and_bodies_stored_before_it()
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 500, i => WithBody(i));
        using var stopping = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stopping.IsCancellationRequested; i++) await AppendMany(store, 20, j => WithBody((i * 20) + j));
        });
        var atLeast = store.LastId + 1000;
        await Eventually.Holds(() => store.LastId > atLeast, "the writer writes");
        var before = store.LastId;
        var appendedBefore = store.LastId;

        await store.BackupAsync(Backup, CancellationToken.None);
        appendedBefore.Should().BeLessThan(store.LastId, "the writer appends during the backup");
        await stopping.CancelAsync();
        await writing;

        await using var restored = await OpenAsync(path: Restored);
        var entries = await restored.ListAsync(LogScope.All, All);
        entries.Select(entry => entry.Id).Should().StartWith(Enumerable.Range(1, (int)before).Select(id => (long)id));
        entries.Count.Should().BeGreaterThanOrEqualTo((int)before);
        var original = await store.ListAsync(LogScope.All, All);
        entries.Select(entry => (entry.Id, entry.RequestBody)).Should().Equal(original.Take(entries.Count).Select(entry => (entry.Id, entry.RequestBody)));
        entries.Should().OnlyContain(entry => entry.RequestBody != null);
        var scope = LogScope.Container("p1", "c1");
        (await restored.ListAsync(scope, All)).Should().OnlyContain(entry => entry.ContainerId == "c1")
            .And.HaveCount(entries.Count(entry => entry.ContainerId == "c1"));
    }

    [Test]
    public async Task E3_ids_after_a_restore_are_higher_than_those_the_original_assigned_after_the_backup()
    {
        var store = await OpenAsync();
        await AppendMany(store, 10);
        await store.BackupAsync(Backup, CancellationToken.None);
        await AppendMany(store, 30_000, _ => Some.Event());
        var last = store.LastId;
        await store.DisposeAsync();

        long first;
        await using (var restored = await OpenAsync(path: Restored))
        {
            restored.LastIdBeforeStart.Should().BeGreaterThan(last);
            first = (await Append(restored, Some.Event()))[0].Id;
            first.Should().BeGreaterThan(last + 10_000).And.BeGreaterThan(Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        }

        await using var again = await OpenAsync(path: Restored);
        (await Append(again, Some.Event()))[0].Id.Should().BeInRange(first + 10_000, first + 100_000, "only the first start after a restore raises the ids to the current time");
        (await Ids(again)).Should().HaveCount(22);
    }

    [Test]
    public async Task E3_the_ids_of_a_backup_of_a_restored_backup_are_raised_again()
    {
        await using (var store = await OpenAsync())
        {
            await Append(store, Some.Event());
            await store.BackupAsync(Backup, CancellationToken.None);
        }

        var second = Path.Combine(Folder.Path, "second");
        long given;
        await using (var restored = await OpenAsync(path: Restored))
        {
            await restored.BackupAsync(second, CancellationToken.None);
            Time.Advance(TimeSpan.FromMinutes(1));
            given = (await Append(restored, Some.Event()))[0].Id;
        }

        await using var again = await OpenAsync(path: Path.Combine(second, "logs.db"));
        (await Append(again, Some.Event()))[0].Id.Should().BeGreaterThan(given + 10_000);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task T6_a_deleted_scope_is_not_readable_in_a_restored_store(bool isRemoved)
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 200, i => WithBody(i));
        await store.DeleteScopeAsync(LogScope.Container("p1", "c1"), CancellationToken.None);
        if (isRemoved) await MaintainAll(store);

        await store.BackupAsync(Backup, CancellationToken.None);

        await using var restored = await OpenAsync(path: Restored);
        (await restored.ListAsync(LogScope.All, All)).Should().HaveCount(200).And.OnlyContain(entry => entry.ContainerId == "c0" && entry.RequestBody != null);
        (await Ids(restored, scope: LogScope.Container("p1", "c1"))).Should().BeEmpty();
        await MaintainAll(restored);
        Contains(Backup, "body 1 ").Should().BeFalse("the restored store removes what the original had yet to remove");
    }

    [Test]
    public async Task A_cancelled_backup_leaves_no_files()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 20; i++) await AppendMany(store, 2_000, WithBody);
        Directory.CreateDirectory(Path.GetDirectoryName(Backup)!);

        for (var cancelled = false; !cancelled;)
        {
            using var cancellation = new CancellationTokenSource();
            var copying = store.BackupAsync(Backup, cancellation.Token);
            await Eventually.Holds(() => copying.IsCompleted || Directory.GetDirectories(Path.GetDirectoryName(Backup)!).Length > 0, "the copy begins");
            await cancellation.CancelAsync();
            await copying.ContinueWith(_ => { }, TaskScheduler.Default);
            cancelled = copying.IsCanceled;
            if (cancelled) Directory.GetFileSystemEntries(Path.GetDirectoryName(Backup)!).Should().BeEmpty();
            else Directory.Delete(Backup, recursive: true);
        }

        await store.BackupAsync(Backup, CancellationToken.None);
    }

    [Test]
    public async Task Closing_the_store_cancels_a_backup_and_leaves_no_files()
    {
        var store = await OpenAsync();
        for (var i = 0; i < 20; i++) await AppendMany(store, 2_000, WithBody);
        Directory.CreateDirectory(Path.GetDirectoryName(Backup)!);
        var copying = store.BackupAsync(Backup, CancellationToken.None);
        await Eventually.Holds(() => copying.IsCompleted || Directory.GetDirectories(Path.GetDirectoryName(Backup)!).Length > 0, "the copy begins");

        await store.DisposeAsync();

        await copying.ContinueWith(_ => { }, TaskScheduler.Default);
        if (copying.IsCompletedSuccessfully) Directory.Exists(Backup).Should().BeTrue();
        else Directory.GetFileSystemEntries(Path.GetDirectoryName(Backup)!).Should().BeEmpty();
        var late = () => store.BackupAsync(Path.Combine(Folder.Path, "late"), CancellationToken.None);
        await late.Should().ThrowAsync<LogStoreException>();
        Directory.Exists(Path.Combine(Folder.Path, "late")).Should().BeFalse();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_backup_never_overwrites_files(bool isFolder)
    {
        await using var store = await OpenAsync();
        await Append(store, Some.Event());
        Directory.CreateDirectory(isFolder ? Backup : Path.GetDirectoryName(Backup)!);
        if (!isFolder) await File.WriteAllTextAsync(Backup, "mine");

        var copying = () => store.BackupAsync(Backup + Path.DirectorySeparatorChar, CancellationToken.None);

        await copying.Should().ThrowAsync<LogStoreException>().WithMessage("*already exists*");
        Directory.GetFileSystemEntries(Path.GetDirectoryName(Backup)!).Should().ContainSingle();
    }

    [Test]
    public async Task A_backup_that_cannot_be_written_fails_and_leaves_no_files()
    {
        await using var store = await OpenAsync();
        await Append(store, Some.Event());
        await File.WriteAllTextAsync(Path.Combine(Folder.Path, "file"), "no folder");

        var copying = () => store.BackupAsync(Path.Combine(Folder.Path, "file", "backup"), CancellationToken.None);

        await copying.Should().ThrowAsync<LogStoreException>().WithMessage("*cannot be written*");
        (await File.ReadAllTextAsync(Path.Combine(Folder.Path, "file"))).Should().Be("no folder");
    }

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_read_the_files_of_a_backup()
    {
        await using var store = await OpenAsync();
        await Append(store, WithBody(1));
        await store.BackupAsync(Backup, CancellationToken.None);

        File.GetUnixFileMode(Backup).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(Backup).Select(Path.GetFileName).Should().BeEquivalentTo("logs.db", "logs.db-bodies-1");
        Directory.GetFiles(Backup).Should().OnlyContain(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task A_host_resolves_the_backup_of_its_store_from_its_services()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddProxyLogsCore(options => options.Sqlite.Database = FilePath);
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<ILogBackup>().Should().NotBeAssignableTo<IAsyncDisposable>("a container would dispose of the store before the writer");
    }

    private static LogRecord WithBody(int i) => Some.Exchange(container: $"c{i % 2}").WithBodies(Some.Text($"body {i % 2} of number {i}"), null);

    private static bool Contains(string folder, string text) =>
        Directory.GetFiles(folder, "*-bodies-*").Any(file => File.ReadAllText(file).Contains(text, StringComparison.Ordinal));
}
