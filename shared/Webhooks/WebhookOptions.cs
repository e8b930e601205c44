using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Launchpad.Shared.Webhooks;

/// <summary>Where customers' events may be sent. Section "Webhooks".</summary>
public sealed record WebhookOptions : IValidatableObject
{
    public const string Section = "Webhooks";

    /// <summary>Networks (10.1.0.0/16, fd00::/8) that are reached though they are not public, separated by commas: the operator's own, where all
    /// customers are trusted with it.</summary>
    public string AllowedNetworks { get; init; } = "";

    public IEnumerable<string> Networks =>
        AllowedNetworks.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Networks.FirstOrDefault(network => !IPNetwork.TryParse(network, out _)) is { } wrong)
        {
            yield return new($"Webhooks__AllowedNetworks: '{wrong}' is no network like 10.1.0.0/16.", [nameof(AllowedNetworks)]);
        }
    }
}
