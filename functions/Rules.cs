using System.Net.Mail;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Secrets;

namespace Launchpad.Functions;

/// <summary>What the strings that people type may be. Everything that passes arrives as data: what people are told apart by in one form,
/// anything else to the letter. Everything else is refused here.</summary>
public static partial class Rules
{
    public const int MessageCharsMax = 4_000;

    // A row holds 32,000 characters of text.
    private const int OwnConfigMax = 16_000;
    private const int ReasonMin = 3;
    private const int ReasonMax = 500;

    /// <summary>In the one form that all its spellings have.</summary>
    public static string Email(string? value) =>
        EmailAddress.Normalize(Visible("email", Line("email", value, 254)))
            ?? throw Problems.Invalid("email", "is not an e-mail address. A domain with ß or ς is written as the DNS has it: xn--…");

    /// <summary>An address that may have an account: one made before may have a spelling that is refused today.</summary>
    public static string SignInEmail(string? value)
    {
        var typed = Line("email", value, 254);
        return EmailAddress.Normalize(typed) is not null || MailAddress.TryCreate(typed, out _)
            ? typed
            : throw Problems.Invalid("email", "is not an e-mail address.");
    }

    /// <summary>One that may be right: what may be a new one is <see cref="NewPassword"/>.</summary>
    public static string Password(string? value, string field = "password") =>
        value is { Length: >= 1 and <= PasswordRules.Max } && IsWellFormed(value)
            ? value
            : throw Problems.Invalid(field, $"has to have 1 to {PasswordRules.Max} characters.");

    /// <summary>In its one form.</summary>
    public static string NewPassword(string? value, string email)
    {
        var password = value is not null && IsWellFormed(value) ? PasswordRules.Normalize(value) : "";
        return password.Length is < PasswordRules.Min or > PasswordRules.Max
            ? throw Problems.Invalid("password", $"has to have {PasswordRules.Min} to {PasswordRules.Max} characters.")
            : PasswordRules.Weakness(password, email) is { } why ? throw Problems.WeakPassword(why)
            : password;
    }

    public static string Name(string? value) =>
        Plain("name", Line("name", Visible("name", VisibleText.Nickname(Line("name", value, 60))), 60));

    /// <summary>By which its owner knows something.</summary>
    public static string Label(string field, string value) => Plain(field, Line(field, Visible(field, value), 100));

    public static bool IsModel(string value) => ModelPattern().IsMatch(value);

    public static string? Model(string? value) =>
        value is null ? null
            : IsModel(value) ? Plain("model", value)
            : throw Problems.Invalid("model", "is a model's name: letters, digits and . _ : / - , at most 100.");

    public static string? Instructions(string? value) =>
        value is null ? null : Plain("instructions", Text("instructions", value, 16_384));

    public static string Message(string? value) => Plain("text", Text("text", value, MessageCharsMax));

    public static string? Search(string? value) => value is null ? null : Line("contains", value, 200);

    /// <summary>Where a list goes on that is read by ids.</summary>
    public static string? Cursor(string? value, string prefix) =>
        value is null || Shared.Ids.IsValid(value, prefix) ? value : throw Problems.Invalid("cursor", "is what the page before answered.");

    public static string BrowserRequest(string? value) =>
        Guid.TryParseExact(value, "D", out var id)
            ? id.ToString("D")
            : throw Problems.Invalid(
                "request", "is the id that the bot's page shows after 'openclaw devices approve': 8-4-4-4-12 hexadecimal digits.");

    /// <summary>The bot's own configuration after a merge patch of it, in one canonical form.</summary>
    /// <param name="known">Names of secrets that the bot has.</param>
    /// <param name="taken">The secrets that were in it, by the name that stands for each now.</param>
    public static string? OwnConfig(
        string? current, JsonNode? patch, IEnumerable<string> known, out IReadOnlyDictionary<string, string> taken)
    {
        taken = new Dictionary<string, string>();
        if (patch is null)
        {
            return null;
        }

        var changes = patch as JsonObject ?? throw Problems.Invalid("config", "has to be an object, or null to have none.");
        if (Shared.Deployments.OwnConfig.OwnedIn(changes) is { } path)
        {
            throw Problems.Invalid($"config.{path}", "belongs to the control plane: it keeps the bot reachable and confined.");
        }

        var own = Shared.Deployments.OwnConfig.Patched(current is null ? null : JsonNode.Parse(current), changes)!.AsObject();
        if (ConfigSecrets.TakeOut(own, known, out taken) is { } fault)
        {
            throw Problems.Invalid(fault.Place.Length > 0 ? $"config.{fault.Place}" : "config", fault.Rule);
        }

        var text = own.Count == 0 ? null : Shared.Deployments.OwnConfig.Canonical(own);
        return text is not { Length: > OwnConfigMax } ? text : throw Problems.Invalid("config", $"may have {OwnConfigMax} characters.");
    }

    public static string? Tag(string field, string? value) =>
        value is null ? null
            : TagPattern().IsMatch(value) ? Plain(field, value)
            : throw Problems.Invalid(field, "is an image tag: letters, digits and . _ - , at most 128, the first no dot or dash.");

    public static string Why(string? value) =>
        value is null ? "" : Plain("why", Visible("why", Line("why", value, 200)).Normalize());

    /// <summary>Why an operator does something, for the operators' record.</summary>
    public static string Reason(string? value) => value?.Trim() is { Length: >= ReasonMin and <= ReasonMax } reason
        ? reason
        : throw Problems.Invalid("reason", $"has {ReasonMin} to {ReasonMax} letters.");

    /// <summary>Null to stay.</summary>
    public static string? Plan(string? value) => value is null || Shared.Plans.Plan.FindSold(value) is not null
        ? value
        : throw Problems.Invalid("plan", "is not a plan. GET /api/plans lists them.");

    public static DataChoice Data(string? value) => value switch
    {
        null or "as-now" => DataChoice.AsNow,
        "as-at-switch" => DataChoice.AsAtSwitch,
        _ => throw Problems.Invalid("data", "is 'as-now' or 'as-at-switch'."),
    };

    public static bool Flag(string field, JsonNode? value) =>
        value is JsonValue flag && flag.TryGetValue<bool>(out var set) ? set : throw Problems.Invalid(field, "is true or false.");

    public static string? ModelKey(string? value) =>
        value is null || KeyPattern().IsMatch(value)
            ? value
            : throw Problems.Invalid("modelKey", "has to be 8 to 512 printable ASCII characters without spaces.");

    public static string? TelegramToken(string? value) =>
        value is null || TelegramPattern().IsMatch(value)
            ? value
            : throw Problems.Invalid("telegramToken", "is not a bot token as BotFather gives it (digits, a colon, letters).");

    private static string Line(string field, string? value, int max) =>
        value is { Length: > 0 } && value.Length <= max && !string.IsNullOrWhiteSpace(value)
            && !value.Any(char.IsControl) && IsWellFormed(value)
            ? value
            : throw Problems.Invalid(field, $"has to be one line of 1 to {max} characters without control characters.");

    private static string Text(string field, string? value, int max) =>
        value is { Length: > 0 } && value.Length <= max && !value.Any(letter => char.IsControl(letter) && letter is not '\n' and not '\t')
            && IsWellFormed(value)
            ? value
            : throw Problems.Invalid(field, $"has to be 1 to {max} characters; of control characters only line feed and tab.");

    private static string Visible(string field, string value) =>
        !VisibleText.HasUnseen(value)
            ? value
            : throw Problems.Invalid(
                field, "has a character in it that is not shown, such as a zero-width space or a mark of direction. Leave it out.");

    /// <summary>What people type is kept and shown, and sent to a language model: a key has no place in it.</summary>
    private static string Plain(string field, string value) =>
        !SecretShapes.IsUnmistakable(value)
            ? value
            : throw Problems.Invalid(
                field, "holds a secret: a key, or a password in an address. This text is kept and shown as it is, so leave it out.");

    /// <summary>False for a lone surrogate, which no encoding can carry.</summary>
    private static bool IsWellFormed(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]) && (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[++i])))
            {
                return false;
            }
        }

        return true;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}\z")]
    private static partial Regex ModelPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z")]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\A[!-~]{8,512}\z")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\A[0-9]{5,20}:[A-Za-z0-9_-]{20,80}\z")]
    private static partial Regex TelegramPattern();
}
