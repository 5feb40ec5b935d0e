using System.Runtime.Versioning;
using System.Text;
using FluentAssertions;
using HoodyLogs.Core.Tests.Storage.Sqlite;
using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Bodies;

/// <summary>Bodies are in files next to the database and are deleted with their rows.</summary>
public sealed class BodyFilesTests : SqliteStoreTest
{
    private static readonly LogQuery All = new() { Limit = int.MaxValue, IncludeRequestBody = true, IncludeResponseBody = true, MaxBytes = long.MaxValue };

    [TestCase(false)]
    [TestCase(true)]
    public async Task E7_bodies_of_any_size_are_returned_unchanged_also_after_a_restart(bool restarts)
    {
        var sizes = new[] { 0, 1, 31, 32, 33, 100_000, 262_144, 262_145, 1_000_000, 7 };
        var store = await OpenAsync();
        foreach (var size in sizes)
        {
            await Append(store, With(Some.Text(Some.Letters(size)), null), With(null, Some.Bytes(Noise(size))), Some.Exchange(), With(Some.Bytes(Noise(size)), Some.Text(Some.Letters(size))));
            if (!restarts) continue;
            await store.DisposeAsync();
            store = await OpenAsync();
        }

        var entries = (await store.ListAsync(LogScope.All, All)).Where(entry => entry.Kind == EntryKind.Response).ToArray();
        await store.DisposeAsync();
        var expected = sizes.SelectMany(size => new (string?, string?)[]
        {
            (Some.Letters(size), null), (null, Convert.ToBase64String(Noise(size))), (null, null), (Convert.ToBase64String(Noise(size)), Some.Letters(size)),
        });
        entries.Select(entry => (entry.RequestBody, entry.ResponseBody)).Should().Equal(expected);
        Files().Should().HaveCountGreaterThan(1, "a full file is followed by a new one");
    }

    [Test]
    public async Task Compressible_bodies_are_stored_compressed_and_others_uncompressed()
    {
        await using var store = await OpenAsync();
        var json = string.Concat(Enumerable.Range(0, 10_000).Select(i => $$"""{"id":{{i}},"name":"item number {{i}}"},"""));
        string[] texts = ["{}", json[..4_096], json[..262_144], json];
        await Append(store, [.. texts.Select(text => With(Some.Text(text), Some.Bytes(Noise(text.Length))))]);

        var noise = texts.Sum(text => text.Length);
        var files = Files().Sum(file => new FileInfo(file).Length);
        files.Should().BeInRange(noise, noise + (noise / 3), "the random body is stored at full length, and the text at a third or less");
        (await store.ListAsync(LogScope.All, All)).Where(entry => entry.Kind == EntryKind.Request).Select(entry => (entry.RequestBody, entry.ResponseBody))
            .Should().Equal(texts.Select(text => ((string?)text, (string?)Convert.ToBase64String(Noise(text.Length)))));
    }

    [Test]
    public async Task The_request_and_the_response_body_are_read_independently()
    {
        await using var store = await OpenAsync();
        await Append(store, With(Some.Text("asked"), Some.Text("answered")));

        (await store.ListAsync(LogScope.All, new LogQuery { IncludeRequestBody = true }))
            .Should().OnlyContain(entry => entry.RequestBody == "asked" && entry.ResponseBody == null);
        (await store.ListAsync(LogScope.All, new LogQuery { IncludeResponseBody = true }))
            .Should().OnlyContain(entry => entry.RequestBody == null && entry.ResponseBody == "answered");
    }

    [Test]
    public async Task Bodies_of_a_failed_batch_are_never_returned()
    {
        await using var store = await OpenAsync();
        await Append(store, With(Some.Text("first"), null));
        Sql("CREATE TRIGGER refusing BEFORE INSERT ON records WHEN NEW.id = 5 BEGIN SELECT RAISE(ABORT, 'refused'); END");
        var second = With(Some.Text("second"), Some.Text("of this batch"));
        var refused = () => Append(store, second, Some.Exchange());
        await refused.Should().ThrowAsync<LogStoreException>();

        Sql("DROP TRIGGER refusing");
        await Append(store, second, With(Some.Text("third"), null));

        (await store.ListAsync(LogScope.All, All)).Where(entry => entry.Kind == EntryKind.Request)
            .Select(entry => (entry.RequestBody, entry.ResponseBody)).Should().Equal(("first", null), ("second", "of this batch"), ("third", null));
        Stored().Should().Be("firstsecondof this batchthird");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Files_that_a_failed_batch_created_are_deleted(bool isTriedAgain)
    {
        await using var store = await OpenAsync();
        var records = Enumerable.Range(0, 5).Select(i => With(Some.Text(Some.Letters(100_000 + i)), null)).ToArray();
        Sql("CREATE TRIGGER refusing BEFORE INSERT ON records WHEN NEW.id = 9 BEGIN SELECT RAISE(ABORT, 'refused'); END");
        var refused = () => Append(store, records);
        await refused.Should().ThrowAsync<LogStoreException>();
        Files().Should().HaveCount(5, "each body fills a file");

        Sql("DROP TRIGGER refusing");
        await Append(store, isTriedAgain ? records : [Some.Event()]);

        var expected = isTriedAgain ? Enumerable.Range(0, 5).Select(i => Some.Letters(100_000 + i)).ToArray() : [];
        Files().Should().HaveCount(expected.Length);
        (await store.ListAsync(LogScope.All, All)).Where(entry => entry.Kind == EntryKind.Request).Select(entry => entry.RequestBody)
            .Should().Equal(expected);
    }

    [Test]
    public async Task A_batch_whose_bodies_cannot_be_written_fails_and_can_be_retried()
    {
        await using var store = await OpenAsync();
        var obstacle = Directory.CreateDirectory(FilePath + "-bodies-1");
        var record = With(Some.Text("body"), null);
        var append = () => Append(store, record);
        (await append.Should().ThrowAsync<LogStoreException>()).WithMessage($"*body files*{FilePath}*cannot be written*");
        (await Ids(store)).Should().BeEmpty();

        obstacle.Delete();
        await append();

        (await store.FindAsync(LogScope.All, 1))!.RequestBody.Should().Be("body");
    }

    [TestCase("cut")]
    [TestCase("overwritten")]
    [TestCase("removed")]
    public async Task A_body_that_did_not_survive_a_power_cut_is_reported_as_lost(string fate)
    {
        await using (var before = await OpenAsync())
        {
            await Append(before, With(Some.Text("kept"), Some.Text(Some.Letters(5_000))));
        }

        var file = Files().Single();
        if (fate == "removed") File.Delete(file);
        else if (fate == "cut") File.WriteAllBytes(file, File.ReadAllBytes(file)[..4_096]);
        else File.WriteAllBytes(file, [.. File.ReadAllBytes(file)[..4_096], .. new byte[5_004 - 4_096]]);

        await using var store = await OpenAsync();
        var entry = (await store.FindAsync(LogScope.All, 2))!;
        (entry.RequestBody, entry.ResponseBody, entry.BodyTruncated).Should().Be((fate == "removed" ? null : "kept", null, true));
        entry.Data.GetProperty("responseBodyState").GetString().Should().Be("lost");
        await Append(store, With(Some.Text("next"), null));
        (await store.FindAsync(LogScope.All, store.LastId))!.RequestBody.Should().Be("next");
    }

    [Test]
    public async Task A_body_whose_row_has_the_wrong_compression_flag_is_lost([Values] bool isCompressed)
    {
        const int FromEnd = 13; // the byte of the request length whose highest bit is the compression flag
        await using var store = await OpenAsync();
        await Append(store, With(Some.Text(isCompressed ? new string('x', 5_000) : Some.Letters(5_000)), null));
        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            other.Open();
            using var read = new SqliteCommand("SELECT data FROM records", other);
            var data = (byte[])read.ExecuteScalar()!;
            data[^FromEnd] ^= 0x80;
            using var write = new SqliteCommand("UPDATE records SET data = $data", other);
            write.Parameters.AddWithValue("$data", data);
            write.ExecuteNonQuery();
        }

        var entry = (await store.FindAsync(LogScope.All, 2))!;
        (entry.RequestBody, entry.BodyTruncated).Should().Be((null, true));
    }

    [Test]
    public async Task A_body_file_is_deleted_when_retention_has_passed_all_its_records()
    {
        Retention.MaxAge = TimeSpan.FromMinutes(10);
        await using var store = await OpenAsync();
        for (var minute = 0; minute < 8; minute++)
        {
            await Append(store, With(Some.Text(Some.Letters(300_000)), null));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Files().Should().HaveCount(8);
        Time.Advance(TimeSpan.FromMinutes(5));
        await MaintainAll(store);
        Files().Should().HaveCount(5);
        (await store.ListAsync(LogScope.All, All)).Should().HaveCount(10).And.OnlyContain(entry => entry.RequestBody!.Length == 300_000);

        Time.Advance(TimeSpan.FromMinutes(10));
        await MaintainAll(store);
        Files().Should().BeEmpty();
        await Append(store, With(Some.Text("a new beginning"), null));
        (await store.FindAsync(LogScope.All, store.LastId))!.RequestBody.Should().Be("a new beginning");
    }

    [Test]
    public async Task T6_the_bodies_of_a_deleted_scope_are_overwritten()
    {
        await using var store = await OpenAsync();
        await Append(
            store,
            Some.Exchange(container: "gone").WithBodies(Some.Text("secret one"), Some.Text("secret two")),
            Some.Exchange(container: "kept").WithBodies(Some.Text("stays"), null));
        await store.DeleteScopeAsync(LogScope.Container("p1", "gone"), CancellationToken.None);
        await MaintainAll(store);

        Stored().Trim('\0').Should().Be("stays");
        (await store.ListAsync(LogScope.All, All)).Should().HaveCount(2).And.OnlyContain(entry => entry.RequestBody == "stays");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task T6_deleting_bodies_lost_in_a_power_cut_changes_no_other_body(bool isRemoved)
    {
        await using (var before = await OpenAsync())
        {
            await Append(before, Some.Exchange(container: "gone").WithBodies(Some.Text(Some.Letters(10_000)), null));
        }

        var file = Files().Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..100]);
        await using var store = await OpenAsync();
        await Append(store, Some.Exchange(container: "kept").WithBodies(Some.Text("stays"), null));
        if (isRemoved) File.Delete(file);
        await store.DeleteScopeAsync(LogScope.Container("p1", "gone"), CancellationToken.None);
        await MaintainAll(store);

        (await store.ListAsync(LogScope.All, All)).Should().HaveCount(2).And.OnlyContain(entry => entry.RequestBody == "stays");
        Stored().Trim('\0').Should().Be("stays");
    }

    [TestCase(20, 0x01)] // the offset differs by 1 byte
    [TestCase(19, 0x10)] // the offset differs by 4 KiB
    [TestCase(18, 0x01)] // the offset is 64 KiB too high
    [TestCase(16, 0x10)] // the length differs by 16 bytes
    [TestCase(14, 0x01)] // the length is 64 KiB too high
    [TestCase(13, 0x10)] // the length is 256 MiB too high
    [TestCase(12, 0x01)] // the checksum differs
    [TestCase(5, 0x10)] // the length of the response body is 256 MiB
    public async Task T6_deleting_a_damaged_row_changes_no_body_of_another_record(int fromEnd, int bit)
    {
        await using var store = await OpenAsync();
        await Append(
            store,
            Some.Exchange(container: "kept").WithBodies(Some.Text("before" + Some.Letters(5_000)), null),
            Some.Exchange(container: "gone").WithBodies(Some.Text("gone" + Some.Letters(5_000)), null),
            Some.Exchange(container: "kept").WithBodies(Some.Text("after" + Some.Letters(70_000)), null));
        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            other.Open();
            using var read = new SqliteCommand("SELECT data FROM records WHERE id = 3", other);
            var data = (byte[])read.ExecuteScalar()!;
            data[^fromEnd] ^= (byte)bit;
            using var write = new SqliteCommand("UPDATE records SET data = $data WHERE id = 3", other);
            write.Parameters.AddWithValue("$data", data);
            write.ExecuteNonQuery();
        }

        await store.DeleteScopeAsync(LogScope.Container("p1", "gone"), CancellationToken.None);
        await MaintainAll(store);

        (await store.ListAsync(LogScope.All, All)).Where(entry => entry.Kind == EntryKind.Request).Select(entry => entry.RequestBody)
            .Should().Equal("before" + Some.Letters(5_000), "after" + Some.Letters(70_000));
    }

    [Test]
    public async Task T6_deleting_a_damaged_row_that_points_to_an_erased_body_changes_no_body_after_it()
    {
        await using var store = await OpenAsync();
        var (gone, kept) = (Some.Letters(300_000), Some.Letters(60_000));
        await Append(store, With(Some.Text(Some.Letters(10_000_000)), null)); // so that the next file has room for all following bodies
        await Append(
            store,
            Some.Exchange(container: "gone").WithBodies(Some.Text("small"), null),
            Some.Exchange(container: "erased").WithBodies(Some.Text(gone), null),
            Some.Exchange(container: "kept").WithBodies(Some.Text(kept), null));
        await store.DeleteScopeAsync(LogScope.Container("p1", "erased"), CancellationToken.None);
        await MaintainAll(store);
        Files().Should().HaveCount(2);

        ChangeRow(3, data => BitConverter.GetBytes(5u).Concat(BitConverter.GetBytes(320_000u)).ToArray().CopyTo(data, data.Length - 20));
        await store.DeleteScopeAsync(LogScope.Container("p1", "gone"), CancellationToken.None);
        await MaintainAll(store);

        (await store.ListAsync(LogScope.All, All)).Skip(2).Select(entry => entry.RequestBody).Should().Equal(kept, kept);
    }

    [Test]
    public async Task E7_the_bodies_in_an_unreadable_file_are_lost_and_pages_succeed()
    {
        var log = new MessageList();
        await using var store = await OpenAsync(new LoggerFactory([log]).CreateLogger<SqliteLogStore>());
        await Append(store, With(Some.Text("one"), Some.Text("two")), With(null, Some.Text("three")));
        var file = Files().Single();
        File.Delete(file);
        Directory.CreateDirectory(file); // no user, not even root, can open a folder as a file

        var entries = await store.ListAsync(LogScope.All, All);

        entries.Should().HaveCount(4).And.OnlyContain(entry => entry.RequestBody == null && entry.ResponseBody == null && entry.BodyTruncated == true);
        entries[^1].Data.GetProperty("responseBodyState").GetString().Should().Be("lost");
        log.Messages.Should().ContainSingle(message => message.Text.Contains("cannot be read", StringComparison.Ordinal));
        Directory.Delete(file);
    }

    [Test]
    public async Task E7_an_invalid_compressed_body_with_a_valid_checksum_is_lost()
    {
        await using var store = await OpenAsync();
        await Append(store, With(Some.Text("plain text that is no block of Snappy at all"), null), With(Some.Text("fine"), null));
        ChangeRow(1, data =>
        {
            // The row says that the body is compressed, and the checksum is valid.
            var bytes = Encoding.UTF8.GetBytes("plain text that is no block of Snappy at all");
            data[^13] ^= 0x80;
            BitConverter.GetBytes(StoredBody.ComputeChecksum(bytes, isCompressed: true)).CopyTo(data, data.Length - 12);
        });

        var entries = await store.ListAsync(LogScope.All, All);

        entries.Where(entry => entry.Kind == EntryKind.Request).Select(entry => (entry.RequestBody, entry.Data.GetProperty("requestBodyState").GetString()))
            .Should().Equal((null, "lost"), ("fine", "full"));
    }

    [Test]
    public async Task A_new_database_does_not_use_the_bodies_of_a_removed_database()
    {
        await using (var before = await OpenAsync()) await Append(before, With(Some.Text("of the old one"), null));
        foreach (var file in Directory.GetFiles(Folder.Path).Except(Files())) File.Delete(file);

        await using var store = await OpenAsync();
        Files().Should().BeEmpty();
        await Append(store, With(Some.Text("of the new one"), null));
        Stored().Should().Be("of the new one");
    }

    [Test]
    public async Task The_bodies_of_a_damaged_database_are_moved_aside_with_it()
    {
        await using (var before = await OpenAsync()) await Append(before, With(Some.Text("of the old one"), null));
        File.WriteAllText(FilePath, "no database");

        await using var store = await OpenAsync();
        File.ReadAllText(store.MovedAsidePath + "-bodies-1").Should().Be("of the old one");
        Files().Should().BeEmpty();
    }

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_read_body_files()
    {
        await using var store = await OpenAsync();
        await Append(store, With(Some.Text("body"), null));
        File.GetUnixFileMode(Files().Single()).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void ChangeRow(long id, Action<byte[]> change)
    {
        using var other = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        other.Open();
        using var read = new SqliteCommand($"SELECT data FROM records WHERE id = {id}", other);
        var data = (byte[])read.ExecuteScalar()!;
        change(data);
        using var write = new SqliteCommand($"UPDATE records SET data = $data WHERE id = {id}", other);
        write.Parameters.AddWithValue("$data", data);
        write.ExecuteNonQuery();
    }

    private static LogRecord With(CapturedBody? request, CapturedBody? response) => new LogRecord
    {
        Shape = RecordShape.Exchange,
        TimestampMs = 1,
        RequestBodyState = request is null ? BodyState.Empty : BodyState.Full,
        ResponseBodyState = response is null ? BodyState.Empty : BodyState.Full,
    }.WithBodies(request, response);

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private string[] Files() => Directory.GetFiles(Folder.Path, "logs.db-bodies-*");

    private string Stored() => string.Concat(Files().Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
}
