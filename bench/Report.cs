using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Bench;

/// <summary>One measured claim against its peer or limit of the same run. A ratio at or below the goal is good.</summary>
public sealed record Row(string Name, double Value, string Unit, double Against, double Ratio, double Goal, bool Ok)
{
    public static Row Of(string name, double value, string unit, double against, double goal)
    {
        var ratio = Math.Round(value / against, 3);
        return new(name, value, unit, against, ratio, goal, ratio <= goal);
    }
}

/// <summary>Every row, and whether every goal was met.</summary>
public sealed record Report(bool Ok, IReadOnlyList<Row> Rows)
{
    public static Report Of(params Row[] rows) => new(rows.All(row => row.Ok), rows);

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report);

    public string ToTable() => string.Join('\n', Rows.Select(row => string.Create(
        CultureInfo.InvariantCulture,
        $"{(row.Ok ? "✓" : "✗")} {row.Name,-46} {row.Value,10:0.##} {row.Unit,-3} against {row.Against,10:0.##}  ratio {row.Ratio,6:0.###}  goal {row.Goal:0.##}")));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
