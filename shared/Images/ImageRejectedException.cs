namespace Launchpad.Shared.Images;

/// <summary>Why an image may not run. The message is for the customer and says that nothing was started.</summary>
public sealed class ImageRejectedException : Exception
{
    public const string NotFound = "image-not-found";
    public const string NotSigned = "image-unsigned";
    public const string SignatureInvalid = "signature-invalid";
    public const string DigestMismatch = "digest-mismatch";
    public const string RegistryUnavailable = "registry-unavailable";

    public ImageRejectedException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    public string Code { get; }

    /// <summary>Only a registry that does not answer may do so later; a rejected image stays rejected.</summary>
    public bool Retryable => Code is RegistryUnavailable;
}
