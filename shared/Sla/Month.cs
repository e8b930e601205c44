using System.Globalization;
using Launchpad.Shared.Billing;

namespace Launchpad.Shared.Sla;

/// <summary>A month of the calendar, in UTC, which is written `2026-01`.</summary>
public readonly record struct Month
{
    private const string Form = "yyyy-MM";

    private Month(DateTimeOffset from) => From = from;

    public DateTimeOffset From { get; }

    public DateTimeOffset To => From.AddMonths(1);

    public Span Span => new(From, To);

    public Month Next => new(To);

    public static Month Of(DateTimeOffset at) => new(new(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>False for what is no month, and for the last that there can be.</summary>
    public static bool TryParse(string? text, out Month month)
    {
        var isOne = DateTimeOffset.TryParseExact(
            text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var from)
            && from < Of(DateTimeOffset.MaxValue).From;
        month = isOne ? new(from) : default;
        return isOne;
    }

    public static Month Parse(string text) => TryParse(text, out var month) ? month : throw new FormatException($"'{text}' is no month.");

    public override string ToString() => From.ToString(Form, CultureInfo.InvariantCulture);
}
