using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Processes;

namespace Launchpad.Shared.Tests.Backups;

/// <summary>What the customer's script says of certificates: of a genuine one its figures, of any other that it is none.</summary>
public sealed class VerifyDrillTests : IDisposable
{
    private const string Type = "application/vnd.launchpad.drill+json";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("launchpad-drill-");

    public VerifyDrillTests() => File.WriteAllText(KeyPath, key.ExportSubjectPublicKeyInfoPem());

    private string KeyPath => Path.Combine(folder.FullName, "drills.pem");

    private static string Program => Repository.File("tools", "verify-drill");

    public void Dispose()
    {
        key.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_genuine_certificate_is_told_in_words()
    {
        var (code, said) = await RunAsync(Envelope(Certificate()).ToJsonString());
        Assert.Equal(0, code);
        Assert.Equal(
            """
            Signature: genuine.
            Backup bak_1 of dep_1, drill at 2026-11-28T03:10:00Z: it came up.
            It answered after 92 s (recovery time).
            Its data were 26 h 2 min old (recovery point).
              ok     manifest: 212 files, all as listed
              ok     answers: 4 sessions, "hello" ä
            SHA-256 of the archive: aaaa
            SHA-256 as it is stored: bbbb
            """,
            said);
    }

    [Fact]
    public async Task A_certificate_in_a_file_is_the_same()
    {
        var file = Path.Combine(folder.FullName, "certificate.json");
        await File.WriteAllTextAsync(file, Envelope(Certificate()).ToJsonString());
        Assert.Equal(0, (await Script.RunAsync(Program, "", "--key", KeyPath, file)).Code);
        Assert.Equal(1, (await Script.RunAsync(Program, "", "--key", KeyPath, file + ".none")).Code);
    }

    [Theory]
    [InlineData("payload")]
    [InlineData("signature")]
    public async Task A_flipped_character_is_seen_unless_it_means_the_same(string where)
    {
        var seed = Environment.TickCount;
        var (random, genuine) = (new Random(seed), Envelope(Certificate()));
        var text = where == "payload" ? (string)genuine["payload"]! : (string)genuine["signatures"]![0]!["sig"]!;
        for (var flip = 0; flip < 20; flip++)
        {
            var at = random.Next(text.Length);
            var flipped = text[..at] + (char)(text[at] ^ (1 << random.Next(5))) + text[(at + 1)..];
            var envelope = genuine.DeepClone();
            if (where == "payload")
            {
                envelope["payload"] = flipped;
            }
            else
            {
                envelope["signatures"]![0]!["sig"] = flipped;
            }

            var (code, said) = await RunAsync(envelope.ToJsonString());
            Assert.True(code == (SameBytes(text, flipped) ? 0 : 1), $"seed {seed}, at {at}: {said}\n{flipped}");
        }
    }

    [Fact]
    public async Task Neither_another_key_nor_another_type_is_taken()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Refused("was not signed with", await RunAsync(Envelope(Certificate(), signer: other).ToJsonString()));
        Refused("this is no certificate", await RunAsync(Envelope(Certificate(), "application/vnd.in-toto+json").ToJsonString()));

        var renamed = Envelope(Certificate(), "application/vnd.in-toto+json");
        renamed["payloadType"] = Type;
        Refused("was not signed with", await RunAsync(renamed.ToJsonString()));
    }

    [Fact]
    public async Task One_good_signature_among_several_is_enough_whatever_it_is_called()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var envelope = Envelope(Certificate());
        var another = Envelope(Certificate(), signer: other)["signatures"]![0]!.DeepClone();
        another["keyid"] = "drills";
        envelope["signatures"]!.AsArray().Insert(0, another);
        envelope["signatures"]![1]!["keyid"] = "unknown";
        Assert.Equal(0, (await RunAsync(envelope.ToJsonString())).Code);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task A_drill_that_failed_is_genuine_and_no_success(bool ok, bool check)
    {
        var certificate = Certificate();
        certificate["ok"] = ok;
        certificate["restoredInMs"] = ok ? 1 : null;
        certificate["checks"]![1]!["ok"] = check;
        var answer = await RunAsync(Envelope(certificate).ToJsonString());
        Assert.Contains("Signature: genuine.", answer.Said, StringComparison.Ordinal);
        Assert.Equal(!ok, answer.Said.Contains("it did NOT come up", StringComparison.Ordinal));
        Assert.Equal(!check, answer.Said.Contains("  FAILED answers", StringComparison.Ordinal));
        Refused("The drill failed.", answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    [InlineData("""{"payloadType":"application/vnd.launchpad.drill+json","payload":"e30=","signatures":[]}""")]
    public async Task What_is_no_certificate_is_no_success(string input) => Assert.Equal(1, (await RunAsync(input)).Code);

    [Theory]
    [InlineData("backup")]
    [InlineData("restoredInMs")]
    [InlineData("checks")]
    [InlineData("storedSha256")]
    [InlineData("ok")]
    public async Task A_certificate_that_lacks_something_is_none(string member)
    {
        var certificate = Certificate();
        certificate.Remove(member);
        Refused("no certificate of a drill", await RunAsync(Envelope(certificate).ToJsonString()));
    }

    [Fact]
    public async Task A_key_of_another_kind_is_refused()
    {
        using var rsa = RSA.Create(2048);
        await File.WriteAllTextAsync(KeyPath, rsa.ExportSubjectPublicKeyInfoPem());
        Refused("no public key of P-256", await RunAsync(Envelope(Certificate()).ToJsonString()));
    }

    [Fact]
    public void The_script_is_short_enough_to_be_read() => Assert.InRange(File.ReadAllLines(Program).Length, 1, 40);

    private static JsonObject Certificate() => new()
    {
        ["deployment"] = "dep_1",
        ["backup"] = "bak_1",
        ["at"] = "2026-11-28T03:10:00Z",
        ["restoredInMs"] = 92_400,
        ["dataAgeMs"] = ((26 * 60) + 2) * 60_000,
        ["checks"] = new JsonArray(
            new JsonObject { ["name"] = "manifest", ["ok"] = true, ["detail"] = "212 files, all as listed" },
            new JsonObject { ["name"] = "answers", ["ok"] = true, ["detail"] = "4 sessions, \"hello\" ä" }),
        ["archiveSha256"] = "aaaa",
        ["storedSha256"] = "bbbb",
        ["ok"] = true,
    };

    private JsonObject Envelope(JsonObject certificate, string type = Type, ECDsa? signer = null)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(certificate);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload];
        var signature = (signer ?? key).SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new()
        {
            ["payloadType"] = type,
            ["payload"] = Convert.ToBase64String(payload),
            ["signatures"] = new JsonArray(new JsonObject { ["keyid"] = "drills", ["sig"] = Convert.ToBase64String(signature) }),
        };
    }

    private Task<(int Code, string Said)> RunAsync(string input) => Script.RunAsync(Program, input, "--key", KeyPath);

    private static void Refused(string reason, (int Code, string Said) answer)
    {
        Assert.Contains(reason, answer.Said, StringComparison.Ordinal);
        Assert.Equal(1, answer.Code);
    }

    /// <summary>The last character before the padding has bits that count for nothing.</summary>
    private static bool SameBytes(string one, string other)
    {
        try
        {
            return Convert.FromBase64String(one).AsSpan().SequenceEqual(Convert.FromBase64String(other));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
