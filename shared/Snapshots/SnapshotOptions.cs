using System.ComponentModel.DataAnnotations;
using Launchpad.Shared.Backups;

namespace Launchpad.Shared.Snapshots;

/// <summary>Backups of the control plane itself. Section "Snapshots".</summary>
public sealed record SnapshotOptions : IValidatableObject
{
    public const string Section = "Snapshots";

    /// <summary>age1…: a snapshot opens with the identity of this recipient only, which is kept elsewhere. Null: whoever may read the store
    /// can read it.</summary>
    public string? Recipient { get; init; }

    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>When the newest is older a person is called.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromHours(26);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        ValidationResult? wrong = null;
        try
        {
            _ = Recipient is null ? null : AgeIdentity.PublicOf(Recipient);
        }
        catch (FormatException)
        {
            wrong = new("Snapshots__Recipient is no recipient of age (age1…).", [nameof(Recipient)]);
        }

        return wrong is null ? [] : [wrong];
    }
}
