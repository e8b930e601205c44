using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;
using Launchpad.Processes;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Api;

/// <summary>What an owner gets who takes a bot along, up to where Docker is needed.</summary>
[Collection(ApiCollection.Name)]
public sealed class EjectTests(LaunchpadApi api) : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Program = Private | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("launchpad-eject-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_bundle_has_all_that_a_bot_is_but_no_secret_and_opens_its_own_data()
    {
        using var bot = await RunningBot.OfAsync(api);
        var (backup, canary) = await ArchivedBot.BackedUpAsync(api, bot);
        var packed = await EjectedAsync(bot);
        var slug = Assert.Single(Directory.GetDirectories(folder.FullName));
        Assert.Equal(Path.GetFileName(slug) + ".tar.gz", packed.Name);
        Assert.Equal(
            [
                "README.md", "archive.json", "compose.yaml", "container.json", "open-backup", "openclaw.json", "receipts/bundle.dsse.json",
                "receipts/certificates.pem", "receipts/image.json", "receipts/image.pem", "receipts/manifest.json", "receipts/record.ndjson",
                "secrets/gateway-token", "secrets/model-key", "secrets/telegram-token", "start", "verify-bundle", "verify-drill", "verify-record",
            ],
            packed.Entries.Where(entry => entry.EntryType is TarEntryType.RegularFile).Select(entry => entry.Name.Split('/', 2)[1]));
        Assert.All(packed.Entries, entry => Assert.Equal((0, 0), (entry.Uid, entry.Gid)));
        Assert.All(["start", "open-backup", "verify-bundle", "verify-drill", "verify-record"], name => Assert.Equal(Program, Mode(name)));
        Assert.All(["archive.json", "secrets/gateway-token", "secrets/model-key"], name => Assert.Equal(Private, Mode(name)));
        Assert.All(Directory.GetFiles(Path.Combine(slug, "secrets")), secret => Assert.Empty(File.ReadAllBytes(secret)));

        var everything = string.Concat(Directory.GetFiles(slug, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.Contains("/run/secrets/telegram-token", everything, StringComparison.Ordinal);
        string[] hidden = [RunningBot.Token, RunningBot.GatewayToken, canary, await bot.Secrets.GetAsync(bot.Id, "backup-identity", Ct)];
        Assert.All(hidden, secret => Assert.DoesNotContain(secret, everything, StringComparison.Ordinal));
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(slug, "openclaw.json")))!;
        Assert.Equal("http://localhost:18789", (string)config["gateway"]!["publicOrigin"]!);

        var data = Path.Combine(folder.FullName, "data");
        var archive = await File.ReadAllTextAsync(Path.Combine(slug, "archive.json"));
        var (code, said) = await Script.RunAsync(Path.Combine(slug, "open-backup"), archive, data);
        Assert.True(code == 0, said);
        Assert.Equal(canary, await File.ReadAllTextAsync(Path.Combine(data, "workspace", "diary.md")));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(data, "tool")) & UnixFileMode.SetUser);

        var record = await File.ReadAllTextAsync(Path.Combine(slug, "receipts", "record.ndjson"));
        Assert.Equal(0, (await Script.RunAsync(Path.Combine(slug, "verify-record"), record)).Code);
        var last = JsonNode.Parse(record.Trim().Split('\n')[^1])!["rows"]!.AsArray()[^1]!;
        Assert.Equal((bot.Account, "eject", backup), ((string)last["actor"]!, (string)last["data"]!["action"]!, (string)last["data"]!["backup"]!));

        UnixFileMode Mode(string name) => File.GetUnixFileMode(Path.Combine(slug, name));
    }

    [Fact]
    public async Task Whatever_is_changed_in_a_bundle_is_named_by_the_script_that_verifies_it()
    {
        using var bot = await RunningBot.OfAsync(api);
        await ArchivedBot.BackedUpAsync(api, bot);
        await EjectedAsync(bot);
        var slug = Assert.Single(Directory.GetDirectories(folder.FullName));
        var key = Path.Combine(folder.FullName, "key.pem");
        await File.WriteAllTextAsync(key, await bot.Owner.Http.GetStringAsync(new Uri("certificates-key", UriKind.Relative)));
        var program = Repository.File("tools", "verify-bundle");
        await File.WriteAllTextAsync(Path.Combine(slug, "secrets", "model-key"), "mine");
        var (code, said) = await Script.RunAsync(program, "", "--key", key, slug);
        Assert.True(code == 0, said);
        Assert.StartsWith("Signature: genuine. 15 files, all as signed.", said, StringComparison.Ordinal);

        var files = Directory.GetFiles(slug, "*", SearchOption.AllDirectories);
        foreach (var file in files.Where(file => !file.Contains("/secrets/", StringComparison.Ordinal)))
        {
            var content = await File.ReadAllBytesAsync(file);
            var changed = content.ToArray();
            changed[changed.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(file, changed);
            (code, said) = await Script.RunAsync(program, "", "--key", key, slug);
            Assert.True(code == 1, $"{file}: {said}");
            var name = Path.GetRelativePath(slug, file);
            Assert.True(name == "receipts/bundle.dsse.json" || said.Contains($"{name}: FAILED", StringComparison.Ordinal), said);
            await File.WriteAllBytesAsync(file, content);
        }

        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(key, other.ExportSubjectPublicKeyInfoPem());
        (code, said) = await Script.RunAsync(program, "", "--key", key, slug);
        Assert.Equal(1, code);
        Assert.Contains("this was not signed with", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_backup_it_is_said_how_to_make_one()
    {
        using var bot = await RunningBot.OfAsync(api);
        var (status, text) = await AskAsync(bot, null);
        Assert.Equal((409, "wrong-state"), (status, RunningBot.KindOf(text)));
        Assert.Contains("Make one first: POST …/backups.", JsonNode.Parse(text)!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eject")]
    [InlineData("backups/{backup}/download")]
    public async Task Who_signed_in_a_while_ago_signs_in_again_first(string route)
    {
        using var bot = await RunningBot.OfAsync(api);
        var (backup, _) = await ArchivedBot.BackedUpAsync(api, bot);
        var path = $"deployments/{bot.Id}/{route.Replace("{backup}", backup, StringComparison.Ordinal)}";
        var sessions = api.Service<Tables>().Sessions;
        var session = await sessions.QueryAsync<TableEntity>(row => row.PartitionKey != "")
            .SingleAsync(row => row.GetString("account") == bot.Account);
        session["createdAt"] = DateTimeOffset.UtcNow.AddMinutes(-6);
        await sessions.UpdateEntityAsync(session, ETag.All);
        using (var stale = await bot.Owner.Http.PostAsync(new Uri(path, UriKind.Relative), null))
        {
            Assert.Equal(HttpStatusCode.Forbidden, stale.StatusCode);
            Assert.Equal("sign-in-again", RunningBot.KindOf(await stale.Content.ReadAsStringAsync()));
        }

        Assert.Empty((await ActsAsync(bot)).Intersect(["eject", "download-backup"]));
        session["createdAt"] = DateTimeOffset.UtcNow;
        await sessions.UpdateEntityAsync(session, ETag.All);
        using var fresh = await bot.Owner.Http.PostAsync(new Uri(path, UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        Assert.Contains(route == "eject" ? "eject" : "download-backup", await ActsAsync(bot));
    }

    [Fact]
    public async Task A_backup_that_is_not_the_bots_own_or_was_deleted_or_lost_its_archive_is_refused_in_words()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var other = await RunningBot.OfAsync(api);
        var (old, _) = await ArchivedBot.BackedUpAsync(api, bot);
        var (newest, _) = await ArchivedBot.BackedUpAsync(api, bot);
        var (strange, _) = await ArchivedBot.BackedUpAsync(api, other);
        await api.Service<BackupStore>().ChangeAsync(bot.Id, old, known => known with { DeletedAt = DateTimeOffset.UtcNow }, Ct);
        foreach (var refused in (string[])[old, strange, "bak_01ARZ3NDEKTSV4RRFFQ69G5FAV", "", "../../etc/passwd"])
        {
            var (status, text) = await AskAsync(bot, JsonSerializer.Serialize(new { backup = refused }));
            Assert.Equal((400, "invalid"), (status, RunningBot.KindOf(text)));
        }

        var stored = await api.Service<BackupStore>().GetAsync(bot.Id, newest, Ct);
        await api.Service<BackupBlobs>().DeleteAsync(bot.Id, stored.Archive, Ct);
        var (gone, words) = await AskAsync(bot, null);
        Assert.Equal((409, "backup-unusable"), (gone, RunningBot.KindOf(words)));
        Assert.Contains("Choose another backup", words, StringComparison.Ordinal);
        Assert.DoesNotContain("eject", await ActsAsync(bot));
    }

    [Theory]
    [InlineData("{\"backups\":\"bak_1\"}", 400)]
    [InlineData("{\"backup\":7}", 400)]
    [InlineData("[]", 400)]
    [InlineData("nonsense", 400)]
    public async Task A_body_that_is_none_is_refused(string body, int status)
    {
        using var bot = await RunningBot.OfAsync(api);
        Assert.Equal(status, (await AskAsync(bot, body)).Status);
    }

    private static async Task<IReadOnlyList<string>> ActsAsync(RunningBot bot) =>
    [
        .. (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetProperty("rows").EnumerateArray()
            .Where(row => row.GetProperty("kind").GetString() == "action").Select(row => row.GetProperty("data").GetProperty("action").GetString()!),
    ];

    private static async Task<(int Status, string Text)> AskAsync(RunningBot bot, string? body)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await bot.Owner.Http.PostAsync(new Uri($"deployments/{bot.Id}/eject", UriKind.Relative), content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Unpacks it into the test's folder.</summary>
    private async Task<(string? Name, IReadOnlyList<TarEntry> Entries)> EjectedAsync(RunningBot bot)
    {
        using var answer = await bot.Owner.Http.PostAsync(new Uri($"deployments/{bot.Id}/eject", UriKind.Relative), null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal("application/gzip", answer.Content.Headers.ContentType?.MediaType);
        var entries = new List<TarEntry>();
        var packed = await answer.Content.ReadAsByteArrayAsync();
        await using (var tar = new TarReader(Unzipped(packed)))
        {
            while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
            {
                entries.Add(entry);
            }
        }

        await using var zipped = Unzipped(packed);
        await TarFile.ExtractToDirectoryAsync(zipped, folder.FullName, overwriteFiles: false);
        return (answer.Content.Headers.ContentDisposition?.FileName, entries);
    }

    private static GZipStream Unzipped(byte[] packed) => new(new MemoryStream(packed), CompressionMode.Decompress);
}
