using System.ComponentModel;

namespace Azure.Storage.Blobs.Models;

/// <summary>The error codes of the blob service, comparable to <see cref="RequestFailedException.ErrorCode"/>.</summary>
public readonly struct BlobErrorCode : IEquatable<BlobErrorCode>
{
    private readonly string _value;

    public BlobErrorCode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    public static BlobErrorCode AuthenticationFailed { get; } = new("AuthenticationFailed");
    public static BlobErrorCode AuthorizationFailure { get; } = new("AuthorizationFailure");
    public static BlobErrorCode AuthorizationPermissionMismatch { get; } = new("AuthorizationPermissionMismatch");
    public static BlobErrorCode BlobAlreadyExists { get; } = new("BlobAlreadyExists");
    public static BlobErrorCode BlobNotFound { get; } = new("BlobNotFound");
    public static BlobErrorCode BlobOverwritten { get; } = new("BlobOverwritten");
    public static BlobErrorCode ConditionNotMet { get; } = new("ConditionNotMet");
    public static BlobErrorCode ContainerAlreadyExists { get; } = new("ContainerAlreadyExists");
    public static BlobErrorCode ContainerBeingDeleted { get; } = new("ContainerBeingDeleted");
    public static BlobErrorCode ContainerDisabled { get; } = new("ContainerDisabled");
    public static BlobErrorCode ContainerNotFound { get; } = new("ContainerNotFound");
    public static BlobErrorCode InternalError { get; } = new("InternalError");
    public static BlobErrorCode InvalidBlobOrBlock { get; } = new("InvalidBlobOrBlock");
    public static BlobErrorCode InvalidBlockId { get; } = new("InvalidBlockId");
    public static BlobErrorCode InvalidBlockList { get; } = new("InvalidBlockList");
    public static BlobErrorCode InvalidInput { get; } = new("InvalidInput");
    public static BlobErrorCode InvalidMd5 { get; } = new("InvalidMd5");
    public static BlobErrorCode InvalidMetadata { get; } = new("InvalidMetadata");
    public static BlobErrorCode InvalidRange { get; } = new("InvalidRange");
    public static BlobErrorCode InvalidResourceName { get; } = new("InvalidResourceName");
    public static BlobErrorCode InvalidUri { get; } = new("InvalidUri");
    public static BlobErrorCode LeaseIdMissing { get; } = new("LeaseIdMissing");
    public static BlobErrorCode LeaseLost { get; } = new("LeaseLost");
    public static BlobErrorCode Md5Mismatch { get; } = new("Md5Mismatch");
    public static BlobErrorCode MetadataTooLarge { get; } = new("MetadataTooLarge");
    public static BlobErrorCode OperationTimedOut { get; } = new("OperationTimedOut");
    public static BlobErrorCode OutOfRangeInput { get; } = new("OutOfRangeInput");
    public static BlobErrorCode RequestBodyTooLarge { get; } = new("RequestBodyTooLarge");
    public static BlobErrorCode ResourceAlreadyExists { get; } = new("ResourceAlreadyExists");
    public static BlobErrorCode ResourceNotFound { get; } = new("ResourceNotFound");
    public static BlobErrorCode ServerBusy { get; } = new("ServerBusy");
    public static BlobErrorCode SnapshotsPresent { get; } = new("SnapshotsPresent");
    public static BlobErrorCode TargetConditionNotMet { get; } = new("TargetConditionNotMet");
    public static BlobErrorCode UnauthorizedBlobOverwrite { get; } = new("UnauthorizedBlobOverwrite");

    public static implicit operator BlobErrorCode(string value) => new(value);

    public static bool operator ==(BlobErrorCode left, BlobErrorCode right) => left.Equals(right);

    public static bool operator !=(BlobErrorCode left, BlobErrorCode right) => !left.Equals(right);

    public static bool operator ==(BlobErrorCode code, string value) => code.Equals(value);

    public static bool operator !=(BlobErrorCode code, string value) => !code.Equals(value);

    public static bool operator ==(string value, BlobErrorCode code) => code.Equals(value);

    public static bool operator !=(string value, BlobErrorCode code) => !code.Equals(value);

    public bool Equals(BlobErrorCode other) => Equals(other._value);

    public bool Equals(string value) => string.Equals(_value, value, StringComparison.OrdinalIgnoreCase);

    [EditorBrowsable(EditorBrowsableState.Never)]
    public override bool Equals(object obj) => obj is BlobErrorCode other && Equals(other);

    [EditorBrowsable(EditorBrowsableState.Never)]
    public override int GetHashCode() => _value is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(_value);

    public override string ToString() => _value;
}
