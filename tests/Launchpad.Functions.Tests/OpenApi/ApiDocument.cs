using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Tests.OpenApi;

/// <summary>The OpenAPI document of the API, made of the routes, attributes, types and comments of its functions.</summary>
internal static class ApiDocument
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";

    public static JsonObject Build()
    {
        var schemas = new ApiSchemas();
        var paths = new SortedDictionary<string, SortedDictionary<string, JsonNode>>(StringComparer.Ordinal);
        foreach (var (method, route) in Functions())
        {
            var path = paths.TryGetValue($"/{route.Template}", out var known) ? known : paths[$"/{route.Template}"] = new(StringComparer.Ordinal);
            // HEAD is GET without its body, and needs no words of its own.
            foreach (var verb in route.Methods.Where(verb => verb != HttpMethods.Head))
            {
                path[verb.ToLowerInvariant()] = Operation(method, route, schemas);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Launchpad",
                ["version"] = "1",
                ["description"] = "Bots on machines of their own: ordered, watched, changed, backed up and brought back. Errors are problem details (RFC 9457) whose `type` is stable.",
                ["license"] = new JsonObject { ["name"] = "All rights reserved", ["identifier"] = "LicenseRef-Launchpad" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/api" }),
            ["security"] = new JsonArray(new JsonObject { ["session"] = new JsonArray() }, new JsonObject { ["cookie"] = new JsonArray() }),
            ["paths"] = new JsonObject(paths.Select(path => new KeyValuePair<string, JsonNode?>(
                path.Key, new JsonObject(path.Value.Select(one => new KeyValuePair<string, JsonNode?>(one.Key, one.Value)))))),
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["session"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The token that POST /auth/login answers." },
                    ["cookie"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "cookie",
                        ["name"] = "__Host-launchpad",
                        ["description"] = "What browsers keep of the same; changes are taken from pages of this origin only.",
                    },
                    ["staff"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The token that POST /staff/auth/login answers." },
                    ["staffCookie"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "cookie",
                        ["name"] = "__Host-launchpad-staff",
                        ["description"] = "What browsers keep of the same; changes are taken from pages of this origin only.",
                    },
                },
                ["schemas"] = schemas.Components(),
            },
        };
    }

    /// <summary>Every function that answers HTTP under a path of its own.</summary>
    public static IEnumerable<(MethodInfo Method, Route Route)> Functions() =>
        from type in typeof(Routes).Assembly.GetTypes()
        from method in type.GetMethods()
        let name = method.GetCustomAttribute<FunctionAttribute>()?.Name
        where name is not null && Routes.ByFunction.ContainsKey(name)
        let route = Routes.ByFunction[name]
        where route.Methods.Length > 0
        orderby route.Template, route.Function
        select (method, route);

    private static JsonObject Operation(MethodInfo method, Route route, ApiSchemas schemas)
    {
        var operation = new JsonObject
        {
            ["operationId"] = char.ToLowerInvariant(route.Function[0]) + route.Function[1..],
            ["tags"] = new JsonArray(method.DeclaringType!.Name),
            ["summary"] = Comments.Of(method) ?? throw new InvalidOperationException($"{route.Function} has no summary."),
        };
        if (method.GetCustomAttribute<OpenAttribute>() is not null)
        {
            operation["security"] = new JsonArray();
        }
        else if (route.IsStaff)
        {
            operation["security"] = new JsonArray(new JsonObject { ["staff"] = new JsonArray() }, new JsonObject { ["staffCookie"] = new JsonArray() });
        }

        if (route.NeedsStepUp)
        {
            operation["x-step-up"] = true;
        }

        if (Parameters(method, route).ToArray() is { Length: > 0 } parameters)
        {
            operation["parameters"] = new JsonArray(parameters);
        }

        if (method.GetCustomAttribute<TakesAttribute>() is { } takes)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = !takes.Optional,
                ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = schemas.OfBody(takes.Body) } },
            };
        }

        operation["responses"] = Responses(method, schemas);
        return operation;
    }

    private static IEnumerable<JsonNode?> Parameters(MethodInfo method, Route route)
    {
        foreach (Match name in Regex.Matches(route.Template, @"\{([^}]+)\}"))
        {
            yield return Parameter(name.Groups[1].Value, "path", required: true, []);
        }

        foreach (var query in route.Query.Values.OrderBy(query => query.Name, StringComparer.Ordinal))
        {
            yield return Parameter(query.Name, "query", required: false, query.Values);
        }

        if (method.GetCustomAttribute<IfMatchAttribute>() is { } condition)
        {
            yield return Parameter("If-Match", "header", condition.Required, []);
        }

        if (route.MakesSomething)
        {
            yield return Parameter("Idempotency-Key", "header", required: false, []);
        }
    }

    private static JsonObject Parameter(string name, string place, bool required, string[] values)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (values.Length > 0)
        {
            schema["enum"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
        }

        return new JsonObject { ["name"] = name, ["in"] = place, ["required"] = required, ["schema"] = schema };
    }

    private static JsonObject Responses(MethodInfo method, ApiSchemas schemas)
    {
        var responses = new JsonObject();
        var answers = method.GetCustomAttributes<AnswersAttribute>().OrderBy(answer => answer.Status).ToList();
        Assert.True(answers.Count > 0, $"{method.DeclaringType!.Name}.{method.Name} does not say what it answers.");
        foreach (var answer in answers)
        {
            var response = new JsonObject { ["description"] = Words(answer.Status) };
            if (answer.Status != StatusCodes.Status204NoContent)
            {
                var type = answer.MediaType.EndsWith("json", StringComparison.Ordinal) ? "object" : "string";
                var schema = answer.Body is null ? new JsonObject { ["type"] = type } : schemas.OfAnswer(answer.Body);
                response["content"] = new JsonObject { [answer.MediaType] = new JsonObject { ["schema"] = schema } };
            }

            responses[$"{answer.Status}"] = response;
        }

        responses["default"] = new JsonObject
        {
            ["description"] = "What went wrong, and what to do.",
            ["content"] = new JsonObject { [ProblemJson] = new JsonObject { ["schema"] = ApiSchemas.Problem() } },
        };
        return responses;
    }

    private static string Words(int status) => status switch
    {
        StatusCodes.Status201Created => "It was made.",
        StatusCodes.Status202Accepted => "It was begun; the operation can be followed.",
        StatusCodes.Status204NoContent => "Done; there is nothing to tell.",
        _ => "What was asked for.",
    };
}
