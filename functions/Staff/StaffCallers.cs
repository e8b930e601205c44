using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Staff;

/// <summary>Which operator is calling, by bearer token or by cookie. A customer's session is none here, and the other way round.</summary>
public sealed class StaffCallers(StaffSessions sessions, IOptions<SiteOptions> site, IOptions<StaffOptions> staff, TimeProvider clock)
{
    private readonly SessionCookie cookie = new("__Host-launchpad-staff", site.Value.BaseUrl, trustsSilence: false);

    /// <exception cref="ProblemException">When nobody of the staff is calling, or one who may not do this yet.</exception>
    public async Task<Operator> RequireAsync(HttpRequest request, CancellationToken ct) => (await SessionAsync(request, ct)).Operator;

    /// <inheritdoc cref="RequireAsync"/>
    public async Task<StaffSession> SessionAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.HttpContext.Features.Get<StaffSession>() is not { } session)
        {
            session = cookie.Token(request) is { } token ? await sessions.FindAsync(token, ct) : null;
            request.HttpContext.Features.Set(session ?? throw Problems.StaffSignInNeeded());
        }

        var stage = StageOf(session);
        return stage >= request.HttpContext.Features.GetRequiredFeature<Route>().OpenFrom ? session
            : stage is StaffStage.SetPassword ? throw Problems.OwnPasswordNeeded()
            : throw Problems.SecondFactorNeeded();
    }

    /// <summary>Whether the operator, who was let in a while ago, would be let in still.</summary>
    public async Task<bool> IsLetInAsync(HttpRequest request, CancellationToken ct) =>
        await sessions.FindAsync(cookie.Token(request)!, ct) is { } session
        && StageOf(session) >= request.HttpContext.Features.GetRequiredFeature<Route>().OpenFrom;

    /// <summary>For what a session that somebody left open must not be enough for.</summary>
    /// <exception cref="ProblemException">When the operator has proven himself longer than a few minutes ago.</exception>
    public async Task RequireFreshAsync(HttpRequest request, CancellationToken ct)
    {
        if (FreshUntil(await SessionAsync(request, ct)) is null)
        {
            throw Problems.SignInAgain((int)Callers.Fresh.TotalMinutes, "/api/staff/auth/step-up");
        }
    }

    /// <summary>Until when he counts as just having proven himself; null when he does not.</summary>
    public DateTimeOffset? FreshUntil(StaffSession session) =>
        session.FreshAt + Callers.Fresh is var until && until >= clock.GetUtcNow() ? until : null;

    /// <summary>The caller has just proven himself: the same session is good for more, for a few minutes.</summary>
    public async Task<DateTimeOffset> RenewAsync(HttpRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await sessions.RenewAsync(cookie.Token(request)!, now, ct);
        return now + Callers.Fresh;
    }

    /// <summary>The token is answered once, and kept by browsers in a cookie that no script reads. The session that the browser had before is
    /// closed: nobody can have planted the new one.</summary>
    public async Task<StaffSignedInView> SignInAsync(HttpRequest request, Operator of, CancellationToken ct)
    {
        var (token, expires) = await sessions.OpenAsync(of, Browsers.Name(request.Headers.UserAgent.ToString()), ct);
        var session = await sessions.FindAsync(token, ct) ?? throw Problems.StaffSignInNeeded();
        if (cookie.Kept(request) is { } before)
        {
            await sessions.CloseAsync(before, ct);
        }

        return new(View(session), cookie.Keep(request, token, expires), expires);
    }

    public async Task SignOutAsync(HttpRequest request, CancellationToken ct)
    {
        await RequireAsync(request, ct);
        await sessions.CloseAsync(cookie.Token(request)!, ct);
        cookie.Drop(request);
    }

    /// <summary>What the session that he calls with is called.</summary>
    public string CurrentId(HttpRequest request) => SessionIds.OfToken(cookie.Token(request)!);

    /// <summary>Closes all sessions of the caller but the one that he calls with.</summary>
    public Task CloseOthersAsync(HttpRequest request, Operator of, CancellationToken ct) => sessions.CloseOthersAsync(of, cookie.Token(request)!, ct);

    public OperatorView View(StaffSession session) => OperatorView.Of(session.Operator, StageOf(session));

    private StaffStage StageOf(StaffSession session) =>
        session.Login.Made is not null ? StaffStage.SetPassword
        : session.FactorSince is null && staff.Value.RequireSecondFactor ? StaffStage.Enrol
        : StaffStage.Whole;
}
