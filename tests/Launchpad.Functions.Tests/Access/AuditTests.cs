using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Auth;
using Launchpad.Functions.Tests.Billing;
using Launchpad.Functions.Tests.Notifications;
using Launchpad.Shared.Access;
using Launchpad.Shared.Records;
using OtpNet;

namespace Launchpad.Functions.Tests.Access;

/// <summary>Every change by anybody leaves a row that says who made it, in the chain of what was changed.</summary>
[Collection(ApiCollection.Name)]
public sealed class AuditTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    /// <summary>Changes that are about no one bot. Each is made in one of the stories below.</summary>
    private static readonly string[] Driven =
    [
        "Signup", "VerifyAddress", "StepUp", "BeginTotp", "ConfirmTotp", "RenewRecoveryCodes", "Login", "LoginSecond", "TurnOffTotp",
        "AddPasskey", "PasskeyLogin", "RemovePasskey", "LetAssistantIn", "CloseSession", "CloseOtherSessions", "ChangePassword",
        "ResetPassword", "Logout", "CloseAccount", "KeepAccount",
        "InviteMember", "WithdrawInvitation", "AcceptInvitation", "ChangeMember", "RemoveMember", "CreateToken", "RevokeToken",
        "CreateDeployment", "Checkout", "OpenPortal", "CancelBilling", "UncancelBilling",
        "CreateWebhook", "ChangeWebhook", "RotateWebhookSecret", "TestWebhook", "ResendWebhookDelivery", "ReplayWebhook", "DeleteWebhook",
        "SetNotifications", "Unsubscribe", "AddDevice", "RemoveDevice",
    ];

    /// <summary>They call what stands under `deployments/{id}`.</summary>
    private static readonly string[] Aliases = ["ProvisionAlias", "DeprovisionAlias", "RestartAlias", "BackupAlias", "RestoreAlias"];

    [Fact]
    public void No_change_is_forgotten() => Assert.Equal(
        Routes.ByFunction.Values
            .Where(route => route.IsRecorded && !route.IsOfOneBot && !route.Template.StartsWith("staff/", StringComparison.Ordinal))
            .Select(route => route.Function).Except(Aliases).Order(),
        Driven.Order());

    [Fact]
    public async Task What_a_person_does_with_his_account_is_in_its_chain()
    {
        using var ada = await Person.SignedUpAsync(api);
        var me = ada.Account;
        Assert.Equal("sign-in", (await NewestAsync(me)).Action);
        var link = await ada.TokenAsync("Confirm your address");
        await StepAsync("VerifyAddress", me, me, "confirm-address", async () => (await ada.PostAsync("auth/verify", new { token = link })).Status);
        await StepAsync("StepUp", me, me, "step-up", async () => (await ada.PostAsync("auth/step-up", new { password = Person.Password })).Status);
        JsonElement begun = default;
        await StepAsync("BeginTotp", me, me, "begin-totp", async () => Keep(await ada.PostAsync("auth/totp"), out begun));
        var secret = begun.GetProperty("secret").GetString()!;
        await StepAsync(
            "ConfirmTotp", me, me, "turn-on-second-factor",
            async () => (await ada.PostAsync("auth/totp/confirm", new { code = new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(DateTime.UtcNow) })).Status);
        await StepAsync(
            "RenewRecoveryCodes", me, me, "renew-recovery-codes", async () => Keep(await ada.PostAsync("auth/totp/recovery-codes"), out begun));
        var recoveryCode = begun.GetProperty("recoveryCodes")[0].GetString();
        using var phone = ada.Elsewhere();
        var challenge = (await phone.LoginAsync()).Body.GetProperty("challenge").GetString();
        await StepAsync(
            "LoginSecond", me, me, "sign-in", async () => Keep(await phone.PostAsync("auth/login/second", new { challenge, recoveryCode }), out begun));
        phone.Use(begun);
        await StepAsync("TurnOffTotp", me, me, "turn-off-second-factor", async () => (await ada.DeleteAsync("auth/totp")).Status);
        await StepAsync("Login", me, me, "sign-in", async () => Keep(await phone.LoginAsync(), out begun));
        phone.Use(begun);

        using var device = new Authenticator();
        string key = "";
        await StepAsync("AddPasskey", me, me, "add-passkey", async () =>
        {
            key = await PasskeyTests.AddAsync(ada, device);
            return 201;
        });
        await StepAsync("PasskeyLogin", me, me, "sign-in", async () => (await PasskeyTests.ShowAsync(phone, device)).Status);
        await StepAsync("RemovePasskey", me, me, "remove-passkey", async () => (await ada.DeleteAsync($"auth/passkeys/{key}")).Status);
        await StepAsync(
            "LetAssistantIn", me, me, "let-assistant-in", async () => Keep(await ada.PostAsync("auth/assistants", new { name = "Canary" }), out begun));
        var assistant = begun.GetProperty("id").GetString();
        Assert.Equal("Canary", (await NewestAsync(me)).Row.Words);
        await StepAsync("CloseAccount", me, me, "close-account", async () => (await ada.PostAsync("auth/closing")).Status);
        await StepAsync("KeepAccount", me, me, "keep-account", async () => (await ada.DeleteAsync("auth/closing")).Status);
        await StepAsync("CloseSession", me, me, "sign-out", async () => (await ada.DeleteAsync($"auth/sessions/{assistant}")).Status);
        await StepAsync("CloseOtherSessions", me, me, "sign-out-elsewhere", async () => (await ada.DeleteAsync("auth/sessions")).Status);
        await StepAsync("ChangePassword", me, me, "change-password", async () =>
            Keep(await ada.PostAsync("auth/password", new { password = "eleven blue lanterns", current = Person.Password }), out begun));
        ada.Use(begun);
        await ada.PostAsync("auth/forgot", new { email = ada.Email });
        var reset = await ada.TokenAsync("Set a new password");
        await StepAsync(
            "ResetPassword", me, me, "reset-password", async () => (await ada.PostAsync("auth/reset", new { token = reset, password = Person.Password })).Status);
        ada.Use((await ada.LoginAsync()).Body);
        await StepAsync("Logout", me, me, "logout", async () => (await ada.PostAsync("auth/logout")).Status);
        Assert.DoesNotContain(secret, await ChainAsync(me), StringComparison.Ordinal);
        Assert.DoesNotContain(ada.Email, await ChainAsync(me), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_done_with_members_and_tokens_says_by_whom_and_what_it_was_before()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var admin = await Colleague.InAsync(api, bot.Owner, Role.Admin);
        using var guest = await Colleague.NewAsync(api);
        var (account, by) = (bot.Account, admin.Account);
        JsonElement? made = null;
        var invited = await StepAsync("InviteMember", account, by, "invite-member", async () =>
            Keep(await admin.SendAsync("POST", "invitations", new { email = guest.Email, role = "viewer" }), out made));
        Assert.Equal(("viewer", guest.Email), (RoleIn(invited, "after"), invited.Words));
        var invitation = made!.Value.GetProperty("invitation").GetProperty("id").GetString();
        var withdrawn = await StepAsync("WithdrawInvitation", account, by, "withdraw-invitation", async () =>
            (await admin.SendAsync("DELETE", $"invitations/{invitation}")).Status);
        Assert.Equal("viewer", RoleIn(withdrawn, "before"));

        await admin.SendAsync("POST", "invitations", new { email = guest.Email, role = "operator" });
        var word = await InvitedAsync(admin, guest);
        var taken = await StepAsync("AcceptInvitation", account, guest.Account, "accept-invitation", async () =>
            (await guest.SendAsync("POST", "auth/invitations", new { token = word })).Status);
        Assert.Equal("operator", RoleIn(taken, "after"));
        Assert.Equal("join-account", (await NewestAsync(guest.Account)).Action);
        var changed = await StepAsync("ChangeMember", account, by, "change-member", async () =>
            (await admin.SendAsync("PATCH", $"members/{guest.Account}", new { role = "billing" })).Status);
        Assert.Equal(("operator", "billing"), (RoleIn(changed, "before"), RoleIn(changed, "after")));
        var removed = await StepAsync("RemoveMember", account, by, "remove-member", async () =>
            (await admin.SendAsync("DELETE", $"members/{guest.Account}")).Status);
        Assert.Equal("billing", RoleIn(removed, "before"));

        await StepAsync("CreateToken", account, by, "create-token", async () =>
            Keep(await admin.SendAsync("POST", "tokens", new { name = "CI", permissions = new[] { "read", "operate" } }), out made));
        var (secret, token) = (made!.Value.GetProperty("secret").GetString()!, made.Value.GetProperty("token").GetProperty("id").GetString());
        var revoked = await StepAsync("RevokeToken", account, by, "revoke-token", async () => (await admin.SendAsync("DELETE", $"tokens/{token}")).Status);
        Assert.Equal(["read", "operate"], Before(revoked).GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));
        foreach (var hidden in new[] { secret, word, guest.Email, "CI\"" })
        {
            Assert.DoesNotContain(hidden, await ChainAsync(account), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_done_with_webhooks_and_letters_says_by_whom()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var admin = await Colleague.InAsync(api, bot.Owner, Role.Admin);
        var (account, by) = (bot.Account, admin.Account);
        JsonElement? made = null;
        await StepAsync("CreateWebhook", account, by, "create-webhook", async () => Keep(
            await admin.SendAsync("POST", "webhooks", new { url = "https://127.0.0.1:1024/hook", description = "CI", types = Array.Empty<string>() }), out made));
        var (secret, webhook) = (made!.Value.GetProperty("secret").GetString()!, made.Value.GetProperty("webhook").GetProperty("id").GetString());
        await StepAsync("ChangeWebhook", account, by, "change-webhook", async () =>
            (await admin.SendAsync("PATCH", $"webhooks/{webhook}", new { enabled = true })).Status);
        await StepAsync("TestWebhook", account, by, "test-webhook", async () => Keep(await admin.SendAsync("POST", $"webhooks/{webhook}/test"), out made));
        var sent = made!.Value.GetProperty("event").GetString();
        await StepAsync("ResendWebhookDelivery", account, by, "resend-webhook-delivery", async () =>
            (await admin.SendAsync("POST", $"webhooks/{webhook}/deliveries/{sent}/resend")).Status);
        await StepAsync("ReplayWebhook", account, by, "replay-webhook", async () =>
            (await admin.SendAsync("POST", $"webhooks/{webhook}/replay", new { from = sent })).Status);
        await StepAsync("RotateWebhookSecret", account, by, "rotate-webhook-secret", async () =>
            (await admin.SendAsync("POST", $"webhooks/{webhook}/secret")).Status);
        await StepAsync("DeleteWebhook", account, by, "delete-webhook", async () => (await admin.SendAsync("DELETE", $"webhooks/{webhook}")).Status);
        await StepAsync("SetNotifications", by, by, "set-notifications", async () =>
            (await admin.SendAsync("PUT", "notifications", new { off = new[] { "backups" } })).Status);
        await StepAsync("Unsubscribe", by, by, "unsubscribe", async () => (int)await UnsubscribeTests.PressAsync(api, by));
        using var phone = new Subscriber("https://push.example.com/canary");
        await StepAsync("AddDevice", by, by, "add-device", async () => Keep(
            await admin.SendAsync("POST", "notifications/devices", new { endpoint = phone.Endpoint, p256dh = phone.P256dh, auth = phone.Auth }), out made));
        await StepAsync("RemoveDevice", by, by, "remove-device", async () =>
            (await admin.SendAsync("DELETE", $"notifications/devices/{made!.Value.GetProperty("id").GetString()}")).Status);
        Assert.DoesNotContain(secret, await ChainAsync(account), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", await ChainAsync(by), StringComparison.Ordinal);
        Assert.DoesNotContain(phone.Auth, await ChainAsync(by), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_refused_leaves_no_row()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var viewer = await Colleague.InAsync(api, bot.Owner, Role.Viewer);
        var (before, ofBot) = (await HeadAsync(bot.Account), await HeadAsync(bot.Id));
        foreach (var route in Routes.ByFunction.Values.Where(route => route is { IsRecorded: true, Needs: not (null or Permission.Self or Permission.Read) }))
        {
            var path = Regex.Replace(route.Template.Replace("{id}", bot.Id, StringComparison.Ordinal), @"\{[^}]+\}", "nonsense")
                + (route.Query.ContainsKey("deployment") ? $"?deployment={bot.Id}" : "");
            Assert.Equal(403, (await viewer.SendAsync(route.Methods[0], path, new { })).Status);
        }

        Assert.Equal((before, ofBot), (await HeadAsync(bot.Account), await HeadAsync(bot.Id)));
    }

    /// <summary>What was done with the account is for those who manage it; its words are beside it as in any record.</summary>
    [Fact]
    public async Task The_accounts_own_chain_is_searched_and_saved_with_those_of_its_bots()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var admin = await Colleague.InAsync(api, bot.Owner, Role.Admin);
        using var viewer = await Colleague.InAsync(api, bot.Owner, Role.Viewer);
        await admin.SendAsync("PATCH", $"members/{viewer.Account}", new { role = "operator" });
        foreach (var (who, sees) in new[] { (admin, true), (viewer, false) })
        {
            foreach (var path in new[] { "record?q=change-member", $"record?q=change-member&deployment={bot.Account}" })
            {
                var rows = (await who.SendAsync("GET", path)).Body!.Value.GetProperty("rows").EnumerateArray().ToList();
                Assert.Equal(sees ? [bot.Account] : [], rows.Select(row => row.GetProperty("deployment").GetString()));
                Assert.All(rows, row => Assert.Equal((JsonValueKind.Null, viewer.Email), (row.GetProperty("deploymentName").ValueKind, row.GetProperty("words").GetString())));
            }
        }

        var lines = await bot.Owner.Http.GetStringAsync(new Uri("record?format=ndjson", UriKind.Relative), Ct);
        Assert.Contains("change-member", lines, StringComparison.Ordinal);
        Assert.Contains("\"order\"", lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_does_bears_its_name()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var program = await Colleague.WithTokenAsync(api, bot.Owner, [Permission.Change]);
        Assert.Equal(200, (await program.SendAsync("PATCH", $"deployments/{bot.Id}", new { name = "Grace" })).Status);
        var (row, action) = await NewestAsync(bot.Id);
        Assert.Equal(("rename", "Ada → Grace"), (action, row.Words));
        Assert.StartsWith("tok_", row.Actor, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_ordered_and_paid_is_in_the_bots_chain_or_the_accounts()
    {
        using var shop = await Shop.OpenAsync(api);
        var me = shop.Owner.Account;
        var (id, subscription) = await shop.RunningAsync();
        Assert.Contains("open-checkout", await ChainAsync(id), StringComparison.Ordinal);
        await StepAsync("OpenPortal", me, me, "open-portal", () => PostAsync("billing/portal", new { }));
        await StepAsync("CancelBilling", id, me, "cancel-subscription", () => PostAsync("billing/cancel", new { deployment = id }));
        await StepAsync("UncancelBilling", id, me, "keep-subscription", () => PostAsync("billing/uncancel", new { deployment = id }));
        Assert.NotEmpty(subscription);

        async Task<int> PostAsync(string path, object body)
        {
            using var answer = await shop.Owner.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
            return (int)answer.StatusCode;
        }
    }

    /// <summary>What is done leaves rows, one of which is the one that is expected.</summary>
    private async Task<RecordRow> StepAsync(string function, string chain, string actor, string action, Func<Task<int>> act)
    {
        Assert.Contains(function, Driven);
        var before = await HeadAsync(chain);
        Assert.InRange(await act(), 200, 299);
        var rows = await api.Service<RecordStore>().ReadAsync(chain, before, before + 100, Ct);
        return Assert.Single(rows, row => row.Actor == actor && ActionOf(row) == action);
    }

    private async Task<long> HeadAsync(string chain) => (await api.Service<RecordStore>().HeadAsync(chain, Ct)).Sequence;

    private async Task<(RecordRow Row, string? Action)> NewestAsync(string chain)
    {
        var head = await HeadAsync(chain);
        var row = (await api.Service<RecordStore>().ReadAsync(chain, head - 1, head, Ct))[0];
        return (row, ActionOf(row));
    }

    /// <summary>All that is hashed: what stands beside it is not.</summary>
    private async Task<string> ChainAsync(string chain) => string.Join(
        '\n', (await api.Service<RecordStore>().ReadAsync(chain, -1, 999_999_999_999, Ct)).Select(row => row.Actor + row.Data));

    private static async Task<string> InvitedAsync(Colleague admin, Colleague guest)
    {
        var (_, made) = await admin.SendAsync("POST", "invitations", new { email = guest.Email, role = "operator" });
        return made!.Value.GetProperty("link").GetString()!.Split('#')[1];
    }

    private static int Keep((int Status, JsonElement Body) answer, out JsonElement body)
    {
        body = answer.Body;
        return answer.Status;
    }

    private static int Keep((int Status, JsonElement? Body) answer, out JsonElement? body)
    {
        body = answer.Body;
        return answer.Status;
    }

    private static string? ActionOf(RecordRow row) =>
        JsonElement.Parse(row.Data).TryGetProperty("action", out var action) ? action.GetString() : null;

    private static JsonElement Before(RecordRow row) => JsonElement.Parse(row.Data).GetProperty("before");

    private static string? RoleIn(RecordRow row, string when) => JsonElement.Parse(row.Data).GetProperty(when).GetProperty("role").GetString();
}
