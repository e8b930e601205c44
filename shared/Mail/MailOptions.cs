using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Mail;

public enum MailTls
{
    /// <summary>Only for a server on this machine.</summary>
    None,
    StartTls,

    /// <summary>From the first byte on, usually on port 465.</summary>
    Implicit,
}

/// <summary>The SMTP server that mail is handed to. Section "Mail".</summary>
public sealed record MailOptions : IValidatableObject
{
    public const string Section = "Mail";

    [Required]
    public string Server { get; init; } = "";

    [Range(1, 65_535)]
    public int Port { get; init; } = 587;

    public MailTls Tls { get; init; } = MailTls.StartTls;

    /// <summary>Null for a server that asks for none.</summary>
    public string? User { get; init; }

    /// <summary>Name of the password in Key Vault.</summary>
    public string? PasswordSecret { get; init; }

    /// <summary>The sender's address.</summary>
    [Required, EmailAddress]
    public string From { get; init; } = "";

    [Required]
    public string FromName { get; init; } = "Launchpad";

    /// <summary>For connecting, and for each message.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(User) != string.IsNullOrEmpty(PasswordSecret))
        {
            yield return new("Mail__User and Mail__PasswordSecret: both or neither.", [nameof(User), nameof(PasswordSecret)]);
        }

        if (Tls is MailTls.None && !string.IsNullOrEmpty(User) && Server is not ("localhost" or "127.0.0.1" or "::1"))
        {
            yield return new("Mail__Tls: no password goes to another machine in the clear.", [nameof(Tls)]);
        }
    }
}
