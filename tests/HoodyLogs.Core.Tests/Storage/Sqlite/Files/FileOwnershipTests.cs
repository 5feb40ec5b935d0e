using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Files;

/// <summary>Which files the store treats as its own, and paths with symbolic links.</summary>
public sealed class FileOwnershipTests : SqliteStoreTest
{
    [TestCase("a line of text")]
    [TestCase("SQLite format 3\0, but otherwise invalid")]
    [TestCase("x")]
    public async Task B6_a_file_of_another_program_is_a_misconfiguration_and_is_not_changed(string content)
    {
        await File.WriteAllTextAsync(FilePath, content);

        await IsRefusedAsync();
        await IsRefusedAsync();

        (await File.ReadAllTextAsync(FilePath)).Should().Be(content);
        Directory.GetFileSystemEntries(Folder.Path).Should().Equal(FilePath);
    }

    [Test]
    public async Task B6_a_write_ahead_log_of_another_program_does_not_mark_a_file_as_ours()
    {
        await File.WriteAllTextAsync(FilePath, "an encrypted database");
        await File.WriteAllTextAsync(FilePath + "-wal", "an encrypted log");

        await IsRefusedAsync();

        (await File.ReadAllTextAsync(FilePath + "-wal")).Should().Be("an encrypted log");
        Directory.GetFileSystemEntries(Folder.Path).Should().BeEquivalentTo([FilePath, FilePath + "-wal"]);
    }

    [Test]
    public async Task B6_a_database_of_another_program_is_a_misconfiguration_and_is_not_changed()
    {
        Sql("CREATE TABLE precious (value)");
        var before = await File.ReadAllBytesAsync(FilePath);

        await IsRefusedAsync();

        (await File.ReadAllBytesAsync(FilePath)).Should().Equal(before);
        Directory.GetFileSystemEntries(Folder.Path).Should().Equal(FilePath);
    }

    [TestCase(".lock")]
    [TestCase(".owner")]
    [TestCase("-bodies-17")]
    public async Task B6_a_file_without_header_is_damaged_if_a_file_of_ours_is_next_to_it(string companion)
    {
        await File.WriteAllTextAsync(FilePath, "this was a store");
        await File.WriteAllTextAsync(FilePath + companion, "");

        await using var store = await OpenAsync();

        (await File.ReadAllTextAsync(store.MovedAsidePath!)).Should().Be("this was a store");
    }

    [Test]
    public async Task B6_a_lock_file_of_another_program_does_not_mark_a_file_as_ours()
    {
        await File.WriteAllTextAsync(FilePath, "a list of packages");
        await File.WriteAllTextAsync(FilePath + ".lock", "their versions");

        await IsRefusedAsync();

        (await File.ReadAllTextAsync(FilePath)).Should().Be("a list of packages");
    }

    [Test]
    public async Task B6_an_empty_file_becomes_a_store()
    {
        await File.WriteAllTextAsync(FilePath, "");

        await using var store = await OpenAsync();

        await Append(store, Some.Exchange());
    }

    [TestCase(false)]
    [TestCase(true)]
    [Platform(Exclude = "Win")]
    public async Task B5_two_names_of_one_file_exclude_each_other(bool isFolderLink)
    {
        var real = Path.Combine(Folder.Path, "real");
        Directory.CreateDirectory(real);
        var file = Path.Combine(real, "logs.db");
        var link = Path.Combine(Folder.Path, "link");
        if (isFolderLink) Directory.CreateSymbolicLink(link, "real");
        else File.CreateSymbolicLink(link, Path.Combine("real", "..", "real", "logs.db"));
        var second = isFolderLink ? Path.Combine(link, "logs.db") : link;

        await using (var store = await OpenAsync(path: second))
        {
            await Append(store, Some.Exchange());
            var opening = () => OpenAsync(path: file);
            (await opening.Should().ThrowAsync<LogStoreException>()).WithMessage("*in use by another store of this process*");
        }

        await using var again = await OpenAsync(path: file);
        (await Ids(again)).Should().Equal(1, 2);
        var linked = () => OpenAsync(path: second);
        (await linked.Should().ThrowAsync<LogStoreException>()).WithMessage($"*{file} is in use*");
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task B5_a_damaged_file_behind_a_link_is_moved_aside_itself()
    {
        var real = Path.Combine(Folder.Path, "real.db");
        var link = Path.Combine(Folder.Path, "link.db");
        File.CreateSymbolicLink(link, real);
        await using (var store = await OpenAsync(path: link)) await Append(store, Some.Exchange().WithBodies(Some.Text("body"), null));
        await File.WriteAllTextAsync(real, "damage");

        await using var begun = await OpenAsync(path: link);

        begun.MovedAsidePath.Should().StartWith(real + ".corrupt-");
        (await File.ReadAllTextAsync(begun.MovedAsidePath!)).Should().Be("damage");
        Directory.GetFiles(Folder.Path, "real.db.corrupt-*-bodies-*").Should().ContainSingle();
        new FileInfo(link).LinkTarget.Should().Be(real);
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task B5_a_loop_of_links_is_named_as_the_cause()
    {
        File.CreateSymbolicLink(FilePath, Folder.Path + "/other.db");
        File.CreateSymbolicLink(Folder.Path + "/other.db", FilePath);

        var opening = () => OpenAsync();

        (await opening.Should().ThrowAsync<LogStoreException>()).WithMessage("*symbolic links*").Which.IsMisconfiguration.Should().BeFalse();
    }

    [Test]
    public async Task B6_a_temporary_store_leaves_no_files()
    {
        string folder;
        await using (var store = new SqliteLogStore(Settings with { IsTemporary = true }, () => Retention, Time, NullLogger<SqliteLogStore>.Instance))
        {
            await store.OpenAsync(CancellationToken.None);
            await Append(store, Some.Exchange().WithBodies(Some.Text("body"), null));
            folder = store.Folder!;
            Directory.GetFiles(folder).Should().NotBeEmpty();
        }

        Directory.Exists(folder).Should().BeFalse();
        Directory.GetFileSystemEntries(Folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task A_folder_that_the_store_creates_is_excluded_from_version_control()
    {
        var path = Path.Combine(Folder.Path, "data", "logs.db");
        await using var store = await OpenAsync(path: path);
        await using var beside = await OpenAsync(path: FilePath);

        (await File.ReadAllTextAsync(Path.Combine(Folder.Path, "data", ".gitignore"))).Should().Be("*\n");
        File.Exists(Path.Combine(Folder.Path, ".gitignore")).Should().BeFalse("that folder was there");
    }

    private async Task IsRefusedAsync()
    {
        var opening = () => OpenAsync();
        (await opening.Should().ThrowAsync<LogStoreException>()).WithMessage($"{FilePath}*not changed*").Which.IsMisconfiguration.Should().BeTrue();
    }
}
