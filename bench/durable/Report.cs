using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Bench;

/// <summary>One measured claim, and whether it met its goal.</summary>
public sealed record Row(string Name, double Value, string Unit, double? Against, double? Ratio, double? Goal, bool Ok)
{
    /// <summary>The value, or for a rate the time that one takes, as a multiple of a flush of this disk in this run.</summary>
    public double? FlushMultiple { get; init; }

    /// <summary>The value over that of each peer of which a figure is known.</summary>
    public IReadOnlyDictionary<string, double>? Peers { get; init; }

    /// <summary>Against a peer or limit of the same run: a ratio at or below the goal is good.</summary>
    public static Row Of(string name, double value, string unit, double against, double goal)
    {
        var ratio = Rounded(value / against);
        return new(name, value, unit, against, ratio, goal, ratio <= goal);
    }

    /// <summary>A rate per second.</summary>
    public static Row AtLeast(string name, double value, double flush, double goal, params (string Peer, double Value)[] peers) =>
        new Row(name, Rounded(value), "/s", null, null, Rounded(goal), value >= goal) { FlushMultiple = Rounded(1e6 / value / flush) }
            .ComparedWith(peers);

    /// <summary>A time in milliseconds; the goal is in milliseconds too.</summary>
    public static Row AtMost(string name, double value, double flush, double goal, params (string Peer, double Value)[] peers) =>
        new Row(name, Rounded(value), "ms", null, null, Rounded(goal), value <= goal) { FlushMultiple = Rounded(value * 1000 / flush) }
            .ComparedWith(peers);

    private static double Rounded(double value) => Math.Round(value, value < 100 ? 3 : 0);

    private Row ComparedWith((string Peer, double Value)[] peers) => peers.Length == 0 ? this : this with
    {
        Against = peers[0].Value,
        Ratio = Rounded(Value / peers[0].Value),
        Peers = peers.ToDictionary(peer => peer.Peer, peer => Rounded(Value / peer.Value)),
    };
}

/// <summary>Every row, and whether every goal was met.</summary>
public sealed record Report(bool Ok, IReadOnlyList<Row> Rows)
{
    public static Report Of(params Row[] rows) => new(rows.All(row => row.Ok), rows);

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report);

    public string ToTable() => string.Join('\n', Rows.Select(Line));

    private static string Line(Row row)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{(row.Ok ? "✓" : "✗")} {row.Name,-52} {row.Value,10:0.###} {row.Unit,-3}");
        text += row.Goal is { } goal ? string.Create(CultureInfo.InvariantCulture, $" goal {goal,8:0.###}") : "";
        text += row.FlushMultiple is { } multiple ? string.Create(CultureInfo.InvariantCulture, $" {multiple,10:0.###} F") : "";
        return text + (row.Peers is null ? Against(row) : Ratios(row.Peers));
    }

    private static string Against(Row row) => row.Against is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"  against {row.Against,10:0.##}  ratio {row.Ratio,6:0.###}");

    private static string Ratios(IReadOnlyDictionary<string, double> peers) => "  "
        + string.Join(", ", peers.Select(peer => string.Create(CultureInfo.InvariantCulture, $"{peer.Value:0.##} × {peer.Key}")));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
