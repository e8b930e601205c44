using System.Net;
using System.Text.Json.Nodes;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>What people type reaches the machine as data or is refused; nothing of it is ever run.</summary>
[Collection(OnOneStack.Name)]
public sealed class TypedStringTests(OnOneStack.Fixture fixture)
{
    private static readonly string Canary = $"/tmp/canary-{Guid.NewGuid():N}";

    private static readonly string[] Payloads =
    [
        $"$(touch {Canary})", $"`touch {Canary}`", $"; touch {Canary} #", $"| touch {Canary}", $"&& touch {Canary}", $"\ntouch {Canary}\n",
        $"\r\ntouch {Canary}", $"'; touch {Canary}; '", $"\"; touch {Canary}; \"", $"-oProxyCommand=touch {Canary}", "--privileged", "-rf",
        "../../../../etc/passwd", "%00", "a\0b", "${IFS}", "{{.Env}}", "<script>alert(1)</script>", "\u202Egpj.exe", "＄(id)", "~", "*", ">/etc/passwd",
        "Зоя 机器人 🤖",
    ];

    private readonly Stack stack = fixture.Stack;

    [Fact]
    public async Task Every_field_takes_each_payload_as_data_or_refuses_it()
    {
        using var customer = await stack.SignedUpAsync();
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = "starter" }, Stack.Within(1));
        var ending = Task.CompletedTask;
        foreach (var payload in Payloads)
        {
            await TakenOrRefusedAsync(customer, HttpMethod.Post, "auth/signup", new { email = payload, password = Purchases.Password });
            await TakenOrRefusedAsync(customer, HttpMethod.Post, "auth/login", new { email = $"{Guid.NewGuid():N}@example.com", password = payload + "0123456789" });
            var taken = new List<string>();
            foreach (var order in new object[]
            {
                new { name = "Ada", plan = payload }, new { name = "Ada", plan = "starter", model = payload },
                new { name = "Ada", plan = "starter", modelKey = payload }, new { name = "Ada", plan = "starter", telegramToken = payload },
            })
            {
                if (await TakenOrRefusedAsync(customer, HttpMethod.Post, "deployments", order) is { } ordered)
                {
                    taken.Add((string)ordered["id"]!);
                }
            }

            // An account has room for a few only, and what it has no room for is not read.
            await ending;
            ending = Task.WhenAll(taken.Select(customer.DeletedAsync));
            await TakenOrRefusedAsync(customer, HttpMethod.Post, $"deployments/{deployment}/browsers", new { request = payload });
            await TakenOrRefusedAsync(customer, HttpMethod.Post, "billing/checkout", new { deployment = payload });
            await TakenOrRefusedAsync(customer, HttpMethod.Get, $"deployments/{Uri.EscapeDataString(payload)}", null);
            await TakenOrRefusedAsync(customer, HttpMethod.Get, $"operations/{Uri.EscapeDataString(payload)}", null);
        }

        Assert.False(File.Exists(Canary));
        await ending;
        await customer.DeletedAsync(deployment);
    }

    [Fact]
    public async Task What_passes_arrives_on_the_machine_to_the_letter()
    {
        using var customer = await stack.SignedUpAsync();
        var lines = Payloads.Where(payload => !payload.Any(char.IsControl)).ToList();
        var instructions = string.Join('\n', lines);
        var key = $"sk-$(touch${{IFS}}{Canary})`;|&<>'\"";
        var (deployment, _) = await customer.RunningAsync(new { name = lines[0], plan = "starter", instructions, modelKey = key });

        var machine = Assert.Single(await stack.MachinesAsync());
        var delivered = await Stack.OnMachineAsync(machine, "cat", $"/var/lib/launchpad/{deployment}/volume/data/workspace/AGENTS.md");
        Assert.Equal(instructions.Trim(), delivered.Trim());
        Assert.Equal(key, await Stack.OnMachineAsync(machine, "cat", $"/run/launchpad/{deployment}/secrets/model-key"));

        // All at once, and by itself each that a program could take for an option.
        foreach (var payload in lines.Where(line => line.StartsWith('-')).Prepend(instructions))
        {
            var asked = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/test-message", new { text = payload });
            Assert.Contains(payload, asked.Result, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Canary));
        Assert.Equal("", await Stack.OnMachineAsync(machine, "find", "/tmp", "-name", "canary-*"));
        await customer.DeletedAsync(deployment);
    }

    /// <summary>Null when it was refused.</summary>
    private static async Task<JsonNode?> TakenOrRefusedAsync(Customer customer, HttpMethod method, string path, object? body)
    {
        try
        {
            using var taken = await customer.SendAsync(method, path, body, Stack.Within(1));
            return JsonNode.Parse(taken.RootElement.GetRawText());
        }
        catch (RefusedException refused)
        {
            Assert.True(
                refused.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Unauthorized
                || (refused.Status is HttpStatusCode.Conflict && path != "deployments"),
                $"{method} {path}: {refused.Message}");
            return null;
        }
    }
}
