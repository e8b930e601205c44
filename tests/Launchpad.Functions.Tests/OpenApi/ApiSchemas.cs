using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Launchpad.Shared;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Tests.OpenApi;

/// <summary>The JSON schemas of what the API takes and answers, each type of ours once under its name.</summary>
internal sealed class ApiSchemas
{
    private const string ProblemName = "Problem";

    private static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver(), NumberHandling = default };

    private static readonly NullabilityInfoContext Nullability = new();

    private readonly SortedDictionary<string, (Type Type, JsonNode Schema)> _known = new(StringComparer.Ordinal);

    public JsonObject Components()
    {
        var schemas = new JsonObject(_known.Select(one => new KeyValuePair<string, JsonNode?>(one.Key, one.Value.Schema)));
        schemas[ProblemName] = ProblemSchema();
        return schemas;
    }

    public JsonNode OfAnswer(Type type) => Refer(type, isBody: false);

    public JsonNode OfBody(Type type) => Refer(type, isBody: true);

    public static JsonNode Problem() => new JsonObject { ["$ref"] = $"#/components/schemas/{ProblemName}" };

    private static bool IsOurs(Type type) =>
        type.Namespace?.StartsWith("Launchpad", StringComparison.Ordinal) is true && !type.IsEnum && !type.IsGenericType;

    private JsonObject Refer(Type type, bool isBody)
    {
        if (!_known.TryGetValue(type.Name, out var known))
        {
            _known[type.Name] = known = (type, new JsonObject());
            _known[type.Name] = (type, Make(type, isBody));
        }

        Assert.True(known.Type == type, $"{known.Type} and {type} have one name in the document.");
        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    private JsonNode Make(Type type, bool isBody)
    {
        var made = Options.GetJsonSchemaAsNode(type, new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform });
        if (made is JsonObject { } schema && schema["properties"] is JsonObject members)
        {
            // Every member of an answer is there; of what is sent, whatever may be null may be left out.
            schema["required"] = new JsonArray([.. members.Where(member => !isBody || MustBeSent(type, member.Key)).Select(member => JsonValue.Create(member.Key))]);
            if (schema["required"]!.AsArray().Count == 0)
            {
                schema.Remove("required");
            }

            if (Comments.Of(type) is { } words)
            {
                schema["description"] = words;
            }
        }

        return made;
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (context.Path.Length > 0 && IsOurs(type))
        {
            var reference = Refer(type, isBody: false);
            schema = context.PropertyInfo is { } property && MayBeNull(property.DeclaringType, property.Name)
                ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) }
                : reference;
        }

        if (context.PropertyInfo is not { AttributeProvider: MemberInfo member } || schema is not JsonObject described)
        {
            return schema;
        }

        if (member.GetCustomAttribute<WireAttribute>() is { } wire)
        {
            var names = new JsonArray([.. Enum.GetValues(wire.Names).Cast<Enum>().Select(name => JsonValue.Create(name.Wire()))]);
            if (wire.Also is { } also)
            {
                names.Add(also);
            }

            if (context.PropertyInfo is { } one && MayBeNull(one.DeclaringType, one.Name))
            {
                names.Add(null);
            }

            described["enum"] = names;
        }

        if (Comments.Of(member) is { } words)
        {
            described["description"] = words;
        }

        return described;
    }

    private static bool MustBeSent(Type declaring, string name) =>
        !MayBeNull(declaring, name) || Property(declaring, name)?.GetCustomAttribute<RequiredAttribute>() is not null;

    private static PropertyInfo? Property(Type declaring, string name) =>
        declaring.GetProperties().FirstOrDefault(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == name);

    private static bool MayBeNull(Type declaring, string name) =>
        Property(declaring, name) is { } property
        && (Nullable.GetUnderlyingType(property.PropertyType) is not null
            || Nullability.Create(property).ReadState is NullabilityState.Nullable);

    private static JsonObject ProblemSchema() => new()
    {
        ["type"] = "object",
        ["description"] = "What went wrong, and what to do (RFC 9457).",
        ["required"] = new JsonArray("type", "title", "status", "detail", "requestId"),
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "Stable: what clients branch on.",
                ["enum"] = new JsonArray([.. ProblemTypes.All().Select(type => JsonValue.Create(type))]),
            },
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer", ["minimum"] = StatusCodes.Status400BadRequest, ["maximum"] = 599 },
            ["detail"] = new JsonObject { ["type"] = "string", ["description"] = "For people: what happened and what to do." },
            ["requestId"] = new JsonObject { ["type"] = "string", ["description"] = "Also in the header X-Request-Id; support finds the request by it." },
            ["field"] = new JsonObject { ["type"] = "string", ["description"] = "The member of the request that is wrong; absent where it is not one." },
        },
    };
}
