using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Launchpad.Processes;
using Launchpad.Shared.Accounts;

namespace Launchpad.Shared.Tests;

/// <summary>Every place of the product that uses cryptography stands in docs/security.md, by what it uses, and nothing that is broken is used.</summary>
public sealed partial class CryptographyTests
{
    private const string Everywhere = "everywhere";
    private static readonly string[] Product = ["functions", "shared", "orchestrations", "infra/tenant", "infra/images", "tools"];
    private static readonly string[] Broken = ["MD5", "SHA1", "HMACMD5", "HMACSHA1", "DES", "TripleDES", "RC2", "DSA"];
    private static readonly Type[] Kinds =
    [
        typeof(AsymmetricAlgorithm), typeof(SymmetricAlgorithm), typeof(HashAlgorithm), typeof(DeriveBytes), typeof(RandomNumberGenerator),
        typeof(AesGcm), typeof(AesCcm), typeof(ChaCha20Poly1305), typeof(HKDF), typeof(IncrementalHash), typeof(SP800108HmacCounterKdf),
    ];

    /// <summary>Also those that nobody uses yet.</summary>
    private static readonly HashSet<string> Algorithms =
    [
        .. typeof(SHA256).Assembly.GetExportedTypes().Where(type => Kinds.Any(kind => kind.IsAssignableFrom(type))).Select(type => type.Name),
        "BouncyCastle",
    ];

    private static readonly List<(string File, string Text)> Sources =
    [
        .. from folder in Product
           from file in Directory.GetFiles(Repository.File(folder.Split('/')), "*.cs", SearchOption.AllDirectories)
           let name = Path.GetRelativePath(Repository.Root, file)
           where !name.Split('/').Any(part => part is "obj" or "bin")
           select (name, Comments().Replace(File.ReadAllText(file), "")),
    ];

    private static readonly ILookup<string, string> Uses =
        (from source in Sources
         where source.Text.Contains("System.Security.Cryptography;", StringComparison.Ordinal) || source.Text.Contains("Org.BouncyCastle", StringComparison.Ordinal)
         from word in Words().Matches(source.Text).Select(match => match.Value).Distinct()
         where Algorithms.Contains(word)
         select (word, source.File)).ToLookup(use => use.word, use => use.File);

    [Fact]
    public void Every_use_stands_in_the_inventory()
    {
        var inventory = Inventory().ToLookup(row => row.Algorithm, row => row.Files).ToDictionary(row => row.Key, row => row.Single());
        Assert.True(Uses.Count > 8);
        Assert.Equal(Uses.Select(use => use.Key).Order(), inventory.Keys.Order());
        Assert.All(inventory.Where(row => row.Value != Everywhere), row =>
            Assert.Equal(Uses[row.Key].Order(), row.Value.Split(", ").Select(file => file.Trim('`')).Order()));
    }

    [Fact]
    public void Nothing_is_used_that_is_broken()
    {
        Assert.Equal([], Uses.Select(use => use.Key).Intersect(Broken));
        Assert.Equal([], Sources.Where(source => Unsafe().IsMatch(source.Text)).Select(source => source.File));
        Assert.Matches(Unsafe(), "mode = CipherMode.ECB; RSAEncryptionPadding.Pkcs1");
    }

    [Fact]
    public void A_token_has_256_random_bits_and_none_is_made_twice()
    {
        var tokens = Enumerable.Range(0, 10_000).Select(_ => BearerToken.New()).ToList();
        Assert.Equal(tokens.Count, tokens.Distinct().Count());
        var bytes = tokens.Select(token => Base64Url.DecodeFromChars(token)).ToList();
        Assert.All(bytes, one => Assert.Equal(32, one.Length));
        // Of ten thousand each bit is set in half of them, give or take six standard deviations.
        Assert.All(Enumerable.Range(0, 256), bit => Assert.InRange(bytes.Count(one => (one[bit / 8] >> (bit % 8) & 1) == 1), 4_700, 5_300));
    }

    private static IEnumerable<(string Algorithm, string Files)> Inventory() =>
        File.ReadAllText(Repository.File("docs", "security.md")).Split("\n### Where it is used\n")[1].Split("\n## ")[0].Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Trim('|', ' ').Split(" | "))
            .Select(cells => (cells[0].Trim('`'), cells[1]));

    [GeneratedRegex(@"\b\w+\b")]
    private static partial Regex Words();

    [GeneratedRegex(@"\b(CipherMode\.ECB|RSAEncryptionPadding\.Pkcs1|RSASignaturePadding\.Pkcs1)\b")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
