using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Images;

/// <summary>The registry that bots are pulled from, and the keys whose signature an image must carry.</summary>
public sealed record ImageOptions
{
    public const string Section = "Images";

    /// <summary>Host and port as they stand in an image reference.</summary>
    [Required, RegularExpression(@"[A-Za-z0-9.\-]+(:[0-9]{1,5})?")]
    public string Registry { get; init; } = "";

    [Required, RegularExpression("https?")]
    public string Scheme { get; init; } = "https";

    [Required, RegularExpression(ImageName.RepositoryPattern)]
    public string Repository { get; init; } = "";

    [Required, RegularExpression(ImageName.TagPattern)]
    public string Tag { get; init; } = "";

    /// <summary>One or more PEM blocks of ECDSA P-256 public keys: while keys are being changed, the old and the new one.</summary>
    [Required]
    public string PublicKeyPem { get; init; } = "";

    /// <summary>For a whole request with its retries.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
