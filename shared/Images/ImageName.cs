using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Launchpad.Shared.Images;

/// <summary>The grammar of repository names, tags and digests, so that none of them can bend a registry's URL.</summary>
public static partial class ImageName
{
    internal const string RepositoryPattern = "[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*";
    internal const string TagPattern = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";

    public static bool IsRepository(string value) => value.Length <= 255 && Repository().IsMatch(value);

    public static bool IsTag(string value) => Tag().IsMatch(value);

    public static bool IsDigest(string value) => Digest().IsMatch(value);

    /// <summary>Repository and digest of an image that is named by registry, repository and digest.</summary>
    public static (string Repository, string Digest) Split(string reference)
    {
        var at = reference.LastIndexOf('@');
        var name = reference[..Math.Max(at, 0)];
        return (name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..], reference[(at + 1)..]);
    }

    public static string DigestOf(ReadOnlySpan<byte> content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Where cosign keeps what belongs to an image: <c>sha256-….sig</c>, <c>sha256-….sbom</c> beside it.</summary>
    public static string AttachedTag(string digest, string kind) => $"{digest.Replace(':', '-')}.{kind}";

    /// <summary>Whether such a thing is under the tag, and no image that could run.</summary>
    public static bool IsAttachedTag(string tag) => Attached().IsMatch(tag);

    [GeneratedRegex(@"\Asha256-[0-9a-f]{64}(\.[a-z]+)?\z")]
    private static partial Regex Attached();

    [GeneratedRegex($@"\A{RepositoryPattern}\z")]
    private static partial Regex Repository();

    [GeneratedRegex($@"\A{TagPattern}\z")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z")]
    private static partial Regex Digest();
}
