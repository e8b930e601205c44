using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Bench;

/// <summary>One measured claim, and whether it met its goal.</summary>
public sealed record Row(string Name, double Value, string Unit, double? Against, double? Ratio, double? Goal, bool Ok)
{
    /// <summary>The ratio without which it is not shipped, where that is not the goal.</summary>
    public double? Ship { get; init; }

    public bool? Ships { get; init; }

    /// <summary>The value over that of each peer beside the one it is held against.</summary>
    public IReadOnlyDictionary<string, double>? Peers { get; init; }

    /// <summary>Against a peer or limit of the same run: a ratio at or below the goal is good.</summary>
    public static Row Of(string name, double value, string unit, double against, double goal)
    {
        var ratio = Rounded(value / against);
        return new(name, value, unit, against, ratio, goal, ratio <= goal);
    }

    /// <summary>A time against a peer's in the same run.</summary>
    public static Row Time(string name, double value, double against, double ship, double goal) =>
        Of(name, Rounded(value), "ms", Rounded(against), goal) with { Ship = ship, Ships = value / against <= ship };

    /// <summary>A rate against a peer's in the same run: a ratio at or above the goal is good.</summary>
    public static Row Rate(string name, double value, double against, double ship, double goal)
    {
        var ratio = value / against;
        return new(name, Rounded(value), "/s", Rounded(against), Rounded(ratio), goal, ratio >= goal) { Ship = ship, Ships = ratio >= ship };
    }

    /// <summary>Neither good nor bad: what the others are to be read with.</summary>
    public static Row Given(string name, double value, string unit) => new(name, Rounded(value), unit, null, null, null, true);

    public Row Beside(string peer, double value) => this with
    {
        Peers = new Dictionary<string, double>(Peers ?? new Dictionary<string, double>()) { [peer] = Rounded(Value / value) },
    };

    private static double Rounded(double value) => Math.Round(value, value < 100 ? 3 : 0);
}

/// <summary>Every row, and whether every goal was met.</summary>
public sealed record Report(bool Ok, IReadOnlyList<Row> Rows)
{
    public static Report Of(params Row[] rows) => new(rows.All(row => row.Ok), rows);

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report);

    public string ToTable() => string.Join('\n', Rows.Select(Line));

    private static string Line(Row row)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{(row.Ok ? "✓" : "✗")} {row.Name,-46} {row.Value,10:0.###} {row.Unit,-3}");
        if (row.Against is { } against)
        {
            text += string.Create(CultureInfo.InvariantCulture, $"  against {against,9:0.##}  ratio {row.Ratio,7:0.###}  goal {row.Goal:0.###}");
        }

        if (row.Ship is { } ship)
        {
            text += string.Create(CultureInfo.InvariantCulture, $", {(row.Ships is true ? "ships" : "does not ship")} at {ship:0.###}");
        }

        return row.Peers is null ? text : text + ";  " + string.Join(
            ", ", row.Peers.Select(peer => string.Create(CultureInfo.InvariantCulture, $"{peer.Value:0.##} × {peer.Key}")));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
