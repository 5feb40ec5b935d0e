using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Files;

/// <summary>Opening fails because of the environment: the message names the cause, nothing stays open, and a retry succeeds when the cause is gone.</summary>
public sealed class OpenFailureTests : SqliteStoreTest
{
    [TestCase(false)]
    [TestCase(true)]
    public async Task B1_the_message_names_a_read_only_file_system_and_opening_succeeds_when_it_is_writable(bool hasStore)
    {
        using var disk = SmallDisk.Mount();
        if (hasStore) await FillStoreAsync(disk.Database);
        disk.Remount("ro");
        await using var store = Store(disk.Database);

        await FailsAsync(store, $"*{disk.Database}*ead-only*");
        disk.Remount("rw");

        await OpensAsync(store);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task B1_the_message_names_a_full_disk_and_opening_succeeds_when_there_is_space(bool hasStore)
    {
        using var disk = SmallDisk.Mount();
        if (hasStore) await FillStoreAsync(disk.Database);
        disk.Fill();
        await using var store = Store(disk.Database);

        await FailsAsync(store, $"*{disk.Database}*full*");
        await FailsAsync(store, $"*{disk.Database}*full*");
        disk.Free();

        await OpensAsync(store);
    }

    [Test]
    public async Task B1_the_message_names_missing_inodes_and_opening_succeeds_when_there_are_some()
    {
        using var disk = SmallDisk.Mount("size=8m,nr_inodes=3");
        await File.WriteAllTextAsync(Path.Combine(disk.Path, "one"), "");
        await File.WriteAllTextAsync(Path.Combine(disk.Path, "two"), "");
        await using var store = Store(disk.Database);

        await FailsAsync(store, $"*{disk.Database}*inodes*");
        disk.Remount("nr_inodes=100");

        await OpensAsync(store);
    }

    [TestCase(254)]
    [TestCase(300)]
    [Platform("Linux")]
    public async Task B1_the_message_names_a_path_that_is_too_long(int length)
    {
        var path = Path.Combine(Folder.Path, new string('n', length));
        await using var store = Store(path);

        await FailsAsync(store, "*too long*");
    }

    [Test]
    public async Task B1_the_message_names_a_file_in_place_of_a_folder_and_opening_succeeds_when_it_is_deleted()
    {
        var file = Path.Combine(Folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        await using var store = Store(Path.Combine(file, "logs.db"));

        await FailsAsync(store, $"*{file}*");
        File.Delete(file);

        await OpensAsync(store);
    }

    [Test]
    public async Task B1_a_file_with_another_version_is_not_a_misconfiguration_and_is_not_changed()
    {
        await FillStoreAsync(FilePath);
        Sql("PRAGMA user_version = 99");
        var before = await File.ReadAllBytesAsync(FilePath);
        await using var store = Store(FilePath);

        await FailsAsync(store, "*version 99*");

        (await File.ReadAllBytesAsync(FilePath)).Should().Equal(before);
    }

    [Test]
    [Platform("Linux")]
    public async Task B1_the_message_for_missing_permissions_names_the_owner_of_the_folder_and_the_user_of_the_process()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Ignore("This test gives up rights of root, so it needs them.");
        await using var store = Store(FilePath);
        Exception? failure = null;

        // Only the file accesses of this thread run as another user.
        var thread = new Thread(() =>
        {
            _ = SetFileUser(65_534);
            failure = Assert.CatchAsync(() => store.OpenAsync(CancellationToken.None));
        });
        thread.Start();
        thread.Join();

        failure.Should().BeOfType<LogStoreException>().Which.IsMisconfiguration.Should().BeFalse();
        failure!.Message.Should().Contain(FilePath).And.Contain($"{Folder.Path} belongs to user id 0").And.Contain("runs as user id 0").And.NotContain("in use");
        await OpensAsync(store);
    }

    [Test]
    [Platform("Linux")]
    [SupportedOSPlatform("linux")]
    public async Task B6_a_file_of_another_program_that_cannot_be_read_at_first_is_not_treated_as_ours_later()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Ignore("This test gives up rights of root, so it needs them.");
        await File.WriteAllTextAsync(FilePath, "dear");
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(Folder.Path, (UnixFileMode)0b111_111_111);
        await using var store = Store(FilePath);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            _ = SetFileUser(65_534);
            failure = Assert.CatchAsync(() => store.OpenAsync(CancellationToken.None));
        });
        thread.Start();
        thread.Join();
        failure!.Message.Should().Contain($"{FilePath} belongs to user id 0");

        var opening = () => store.OpenAsync(CancellationToken.None);

        (await opening.Should().ThrowAsync<LogStoreException>()).Which.IsMisconfiguration.Should().BeTrue();
        (await File.ReadAllTextAsync(FilePath)).Should().Be("dear");
        Directory.GetFileSystemEntries(Folder.Path).Should().Equal(FilePath);
    }

    [TestCase("full")]
    [TestCase("read-only")]
    public async Task B1_the_store_of_a_killed_process_is_opened_when_there_is_space(string trouble)
    {
        using var disk = SmallDisk.Mount();
        await using (var killed = await OpenAsync())
        {
            await Append(killed, Some.Exchange());
            foreach (var suffix in new[] { "", "-wal" }) File.Copy(FilePath + suffix, disk.Database + suffix);
            await File.WriteAllTextAsync(disk.Database + ".lock", "");
        }

        if (trouble == "full") disk.Fill();
        else disk.Remount("ro");
        await using var store = Store(disk.Database);
        await FailsAsync(store, $"*{disk.Database}*{trouble}*");
        if (trouble == "full") disk.Free();
        else disk.Remount("rw");

        await store.OpenAsync(CancellationToken.None);

        (await Ids(store)).Should().Equal(1, 2);
    }

    [Test]
    public async Task B1_an_unwritable_owner_file_neither_stops_the_store_nor_keeps_the_lock()
    {
        Directory.CreateDirectory(FilePath + ".owner");
        await using (var store = Store(FilePath))
        {
            await OpensAsync(store);
            await using var second = Store(FilePath);
            await FailsAsync(second, "*in use by another process*");
        }

        await using var third = Store(FilePath);
        await OpensAsync(third);
    }

    [Test]
    public async Task B1_a_file_in_use_is_opened_when_it_is_released()
    {
        var first = Store(FilePath);
        await OpensAsync(first);
        await using var second = Store(FilePath);
        await FailsAsync(second, $"*in use by another store of this process ({Environment.ProcessId} on *");
        var reading = () => Ids(second);
        (await reading.Should().ThrowAsync<LogStoreException>()).WithMessage("*not open*in use*");
        await first.DisposeAsync();

        await OpensAsync(second);
    }

    [Test]
    public async Task B1_a_moved_damaged_file_is_reported_as_event_when_there_is_space_for_it()
    {
        await FillStoreAsync(FilePath);
        await File.WriteAllTextAsync(FilePath, "damage");
        MinFreeBytes = long.MaxValue;
        await using var store = Store(FilePath);

        await FailsAsync(store, "*MinFreeBytes*");
        MinFreeBytes = 0;
        await store.OpenAsync(CancellationToken.None);

        (await Ids(store)).Should().ContainSingle();
        Directory.GetFiles(Folder.Path, "*.corrupt-*").Should().ContainSingle();
    }

    [Test]
    public async Task B1_E3_ids_stay_above_those_of_a_damaged_file_if_the_first_attempt_to_create_the_new_file_failed()
    {
        using var disk = SmallDisk.Mount();
        await FillStoreAsync(disk.Database);
        var content = await File.ReadAllBytesAsync(disk.Database);
        Array.Fill(content, (byte)'x', 0, 100);
        await File.WriteAllBytesAsync(disk.Database, content);
        disk.Fill();
        await using (var store = Store(disk.Database)) await FailsAsync(store, "*full*");
        Directory.GetFiles(disk.Path, "*.corrupt-*").Should().NotBeEmpty();
        disk.Free();

        await using var begun = await OpenAsync(path: disk.Database);
        var record = (await Append(begun, Some.Exchange()))[0];

        record.Id.Should().BeGreaterThan(Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
    }

    private SqliteLogStore Store(string path) =>
        new(Settings with { Path = path }, () => Retention, Time, NullLogger<SqliteLogStore>.Instance);

    private async Task FillStoreAsync(string path)
    {
        await using var store = await OpenAsync(path: path);
        await Append(store, Some.Exchange());
    }

    private static async Task FailsAsync(SqliteLogStore store, string message)
    {
        var opening = () => store.OpenAsync(CancellationToken.None);
        var failure = (await opening.Should().ThrowAsync<LogStoreException>()).WithMessage(message).Which;
        failure.IsMisconfiguration.Should().BeFalse();
        if (!message.Contains("in use", StringComparison.Ordinal)) failure.Message.Should().NotContain("in use");
    }

    private static async Task OpensAsync(SqliteLogStore store)
    {
        await store.OpenAsync(CancellationToken.None);
        var record = (await Append(store, Some.Exchange()))[0];
        (await Ids(store)).Should().EndWith([record.Id, record.LastId]);
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetFileUser(uint userId);
}
