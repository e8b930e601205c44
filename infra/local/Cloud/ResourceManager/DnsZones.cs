using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Launchpad.Local.ResourceManager;

/// <summary>The A record sets of the one zone. The front door obeys them.</summary>
public sealed partial class DnsZones(StateFile<ArmState> state)
{
    private const string Type = "Microsoft.Network/dnsZones";
    private const int AddressesMax = 20;
    private const long DefaultTtl = 3600;

    public void Map(IEndpointRouteBuilder routes)
    {
        var zones = $"{Arm.GroupPath}/providers/{Type}";
        var zone = routes.MapGroup(zones + "/{zone}").AddEndpointFilter(InZone);
        routes.MapGet(zones, () => Arm.Page([Zone()]));
        zone.MapGet("", () => Arm.Json(Zone()));
        zone.MapGet("/A", List);
        zone.MapGet("/all", List);
        zone.MapGet("/recordsets", List);
        zone.MapGet("/A/{name}", (string name) => Arm.Json(Answer(Find(name) ?? throw NotFound(name))));
        zone.MapPut("/A/{name}", PutAsync);
        zone.MapDelete("/A/{name}", (HttpRequest request, string name) => Delete(request, name));
    }

    /// <summary>The first address that a name in the zone stands for.</summary>
    public IPAddress? Resolve(string name) =>
        Find(name) is { Addresses: [var first, ..] } ? IPAddress.Parse(first) : null;

    private RecordSet? Find(string name) => state.Read().Records.GetValueOrDefault(ArmState.Key(name));

    private async Task<IResult> PutAsync(HttpRequest request, string name)
    {
        if (!RecordName().IsMatch(name))
        {
            throw new ArmException(400, "BadRequest", $"The domain name '{name}.{Arm.Zone}' is invalid.");
        }

        var properties = (await Arm.ReadAsync(request))["properties"];
        var addresses = (properties?["ARecords"] as JsonArray ?? []).Select(one => (string?)one?["ipv4Address"]).ToImmutableList();
        if (addresses.Count is 0 or > AddressesMax || addresses.Exists(one => !IsIpv4(one)))
        {
            throw new ArmException(400, "BadRequest", $"The record set must hold 1 to {AddressesMax} IPv4 addresses.");
        }

        var ttl = (long?)(properties?["TTL"] ?? properties?["ttl"]) ?? DefaultTtl;
        var record = new RecordSet(name, Guid.NewGuid().ToString(), ttl, addresses!, VmRequest.ParseTags(properties?["metadata"]));
        var created = false;
        state.Update(before =>
        {
            var known = before.Records.GetValueOrDefault(ArmState.Key(name));
            created = known is null;
            CheckETag(request, known);
            return before with { Records = before.Records.SetItem(ArmState.Key(name), record) };
        });
        return Arm.Json(Answer(record), created ? 201 : 200);
    }

    private IResult Delete(HttpRequest request, string name)
    {
        var existed = false;
        state.Update(before =>
        {
            var known = before.Records.GetValueOrDefault(ArmState.Key(name));
            existed = known is not null;
            CheckETag(request, known);
            return existed ? before with { Records = before.Records.Remove(ArmState.Key(name)) } : before;
        });
        return existed ? Results.Ok() : Results.NoContent();
    }

    private IResult List() => Arm.Page(state.Read().Records.Values.Select(Answer));

    private static async ValueTask<object?> InZone(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var zone = call.HttpContext.Request.RouteValues["zone"] as string;
        return Arm.Zone.Equals(zone, StringComparison.OrdinalIgnoreCase)
            ? await next(call)
            : throw new ArmException(
                404, "ParentResourceNotFound",
                $"Can not perform requested operation on nested resource. Parent resource '{zone}' not found.");
    }

    private static void CheckETag(HttpRequest request, RecordSet? known)
    {
        var (match, noneMatch) = (request.Headers.IfMatch.ToString(), request.Headers.IfNoneMatch.ToString());
        var matches = match.Length == 0 || (known is not null && (match == "*" || match.Trim('"') == known.ETag));
        if (!matches || (noneMatch == "*" && known is not null))
        {
            throw new ArmException(412, "PreconditionFailed", "The condition in the If-Match or If-None-Match header was not met.");
        }
    }

    private static bool IsIpv4(string? text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily is AddressFamily.InterNetwork && address.ToString() == text;

    private static ArmException NotFound(string name) => new(
        404, "NotFound",
        $"The resource record '{name}' does not exist in resource group '{Arm.Group}' of subscription '{Arm.Subscription}'.");

    private static JsonObject Zone() => new()
    {
        ["id"] = Arm.Id(Type, Arm.Zone),
        ["name"] = Arm.Zone,
        ["type"] = "Microsoft.Network/dnszones",
        ["location"] = "global",
        ["tags"] = new JsonObject(),
        ["properties"] = new JsonObject { ["zoneType"] = "Public", ["maxNumberOfRecordSets"] = 10_000 },
    };

    private static JsonObject Answer(RecordSet record) => new()
    {
        ["id"] = Arm.Id(Type, $"{Arm.Zone}/A/{record.Name}"),
        ["name"] = record.Name,
        ["type"] = "Microsoft.Network/dnszones/A",
        ["etag"] = record.ETag,
        ["properties"] = new JsonObject
        {
            ["fqdn"] = $"{record.Name}.{Arm.Zone}.",
            ["TTL"] = record.Ttl,
            ["metadata"] = new JsonObject(record.Metadata.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
            ["provisioningState"] = "Succeeded",
            ["targetResource"] = new JsonObject(),
            ["ARecords"] = new JsonArray([.. record.Addresses.Select(one => new JsonObject { ["ipv4Address"] = one })]),
        },
    };

    [GeneratedRegex(@"^(@|\*|[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)$")]
    private static partial Regex RecordName();
}
