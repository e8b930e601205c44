using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Auth;
using Launchpad.Shared.Records;
using Launchpad.Shared.Staff;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>The program by which operators are made: `./launchpad operator` on one machine, tools/control-plane on Azure.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffVerbTests(LaunchpadApi api)
{
    private readonly string email = $"{Guid.NewGuid():N}@staff.example";

    [Fact]
    public async Task Who_was_added_signs_in_with_what_was_told_once_until_he_is_removed()
    {
        var (code, said) = await RunAsync("operator", "add", email.ToUpperInvariant());
        Assert.Equal(0, code);
        var password = PasswordIn(said);
        Assert.Equal("set-password", (await LoginAsync(password)).Body.GetProperty("operator").GetProperty("stage").GetString());
        Assert.Equal(1, (await RunAsync("operator", "add", email)).Code);

        var (_, listed) = await RunAsync("operator", "list");
        Assert.Contains(listed, line => line.Contains(email, StringComparison.OrdinalIgnoreCase) && line.StartsWith("stf_", StringComparison.Ordinal));
        Assert.DoesNotContain(listed, line => line.Contains(password, StringComparison.Ordinal));

        Assert.Equal(0, (await RunAsync("operator", "remove", email)).Code);
        Assert.Equal("wrong-credentials", Person.KindOf((await LoginAsync(password)).Body));
        Assert.Equal(1, (await RunAsync("operator", "remove", email)).Code);
    }

    [Fact]
    public async Task Who_lost_his_authenticator_is_reset_to_a_password_that_is_made_for_him()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        var challenge = await staff.ChallengeAsync();
        var (code, said) = await RunAsync("operator", "reset", staff.Who.Email.ToUpperInvariant());
        Assert.Equal(0, code);
        Assert.Equal(401, (await staff.AskAsync("staff/auth/me", method: "GET")).Status);
        Assert.Equal("challenge-over", Person.KindOf((await staff.SecondAsync(challenge, staff.Code)).Body));
        Assert.Equal("wrong-credentials", Person.KindOf((await staff.LoginAsync()).Body));

        var (status, body) = await staff.LoginAsync(PasswordIn(said));
        Assert.Equal((200, "set-password"), (status, body.GetProperty("operator").GetProperty("stage").GetString()));
        staff.Use(body);
        staff.Use((await staff.AskAsync("staff/auth/password", new { password = "eleven blue lanterns" })).Body);
        await staff.EnrolAsync();
        var told = (await api.Service<RecordStore>().AllAsync(Operator.Chain, CancellationToken.None))
            .Where(row => row.Actor == "control-plane" && row.Data.Contains(staff.Who.Id, StringComparison.Ordinal));
        Assert.Contains("reset-operator", Assert.Single(told).Data, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("operator", "reset", email)).Code);
    }

    [Theory]
    [InlineData(1, "operator", "add", "nobody")]
    [InlineData(2, "operator", "add")]
    [InlineData(2, "operator", "promote", "ada@example.com")]
    [InlineData(2, "operator")]
    public async Task What_makes_no_sense_is_refused(int code, params string[] arguments) => Assert.Equal(code, (await RunAsync(arguments)).Code);

    private static string PasswordIn(IReadOnlyList<string> said)
    {
        const string Told = "password: ";
        return said.Single(line => line.StartsWith(Told, StringComparison.Ordinal))[Told.Length..];
    }

    private async Task<(int Status, JsonElement Body)> LoginAsync(string password)
    {
        using var http = new HttpClient { BaseAddress = api.Address };
        using var answer = await http.PostAsJsonAsync(new Uri("staff/auth/login", UriKind.Relative), new { email, password });
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<(int Code, IReadOnlyList<string> Said)> RunAsync(params string[] arguments)
    {
        var outputs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(outputs, "Launchpad.ControlPlane", configuration, "Launchpad.ControlPlane.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["Storage__ConnectionString"] = api.StorageConnection },
        };
        using var program = Process.Start(start)!;
        var trouble = program.StandardError.ReadToEndAsync();
        var said = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        await trouble;
        return (program.ExitCode, said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
