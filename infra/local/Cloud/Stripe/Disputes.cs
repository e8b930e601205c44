using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Payments that are contested at the payer's bank. As in Stripe's test mode the evidence says how it ends.</summary>
internal static class Disputes
{
    public const string Kind = "dispute";
    private const string Open = "needs_response";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("GET", "/v1/disputes", [.. StripeRoute.Paging, "charge", "payment_intent"], List),
        new("GET", "/v1/disputes/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("POST", "/v1/disputes/{id}", ["evidence.*", "metadata.*", "submit", "expand.*"], Update),
        new("POST", "/v1/disputes/{id}/close", ["expand.*"], call => call.Show(End(call.Draft, call.Draft.Get(call.Id, Kind), "lost"))),
    ];

    /// <summary>What a card that contests was charged is contested.</summary>
    public static void OpenIfContested(Draft draft, JsonObject intent)
    {
        if ((bool?)draft.Find(intent.Text("payment_method"), "payment_method")?["_contests"] != true)
        {
            return;
        }

        var dispute = draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("du_1"),
            ["object"] = Kind,
            ["amount"] = intent.Number("amount"),
            ["balance_transactions"] = new JsonArray(),
            ["charge"] = null,
            ["created"] = draft.Seconds,
            ["currency"] = intent.Text("currency"),
            ["evidence"] = new JsonObject { ["uncategorized_text"] = null },
            ["evidence_details"] = new JsonObject
            {
                ["due_by"] = (draft.Now + TimeSpan.FromDays(9)).ToUnixTimeSeconds(),
                ["has_evidence"] = false,
                ["past_due"] = false,
                ["submission_count"] = 0,
            },
            ["is_charge_refundable"] = false,
            ["livemode"] = false,
            ["metadata"] = new JsonObject(),
            ["network_reason_code"] = "83",
            ["payment_intent"] = intent.Id(),
            ["reason"] = "fraudulent",
            ["status"] = Open,
        });
        draft.Emit("charge.dispute.created", dispute);
    }

    private static JsonObject List(StripeCall call)
    {
        var intent = call.Form.Text("payment_intent");
        return call.Page(Kind, dispute => intent is null || dispute.Text("payment_intent") == intent);
    }

    private static JsonObject Update(StripeCall call)
    {
        var dispute = call.Draft.Get(call.Id, Kind);
        dispute["metadata"] = call.Form.Metadata(dispute["metadata"]);
        var evidence = call.Form.Group("evidence").Text("uncategorized_text");
        dispute["evidence"]!["uncategorized_text"] = evidence;
        call.Draft.Put(dispute);
        return call.Show(call.Form.Flag("submit") == false ? dispute : evidence switch
        {
            "winning_evidence" => End(call.Draft, dispute, "won"),
            "losing_evidence" => End(call.Draft, dispute, "lost"),
            _ => dispute,
        });
    }

    private static JsonObject End(Draft draft, JsonObject dispute, string how)
    {
        if (dispute.Text("status") != Open)
        {
            throw StripeFailure.Invalid("This dispute is already closed");
        }

        dispute["status"] = how;
        draft.Put(dispute);
        draft.Emit("charge.dispute.closed", dispute);
        return dispute;
    }
}
