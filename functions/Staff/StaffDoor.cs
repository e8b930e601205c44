using Launchpad.Functions.Auth;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Staff;

/// <summary>Looks at operators' passwords, under the limits of ADR 18, counted apart from customers': nobody who guesses at a shop keeps its
/// keeper out.</summary>
public sealed class StaffDoor(OperatorStore operators, Passwords passwords, StaffLog log, TimeProvider clock)
{
    private readonly SignInLimits limits = new(clock);

    /// <exception cref="ProblemException">When that is nobody's address and password, it was tried too often, or it was made for him and is
    /// over.</exception>
    public async Task<OperatorLogin> OpenAsync(HttpResponse response, Typed typed, CancellationToken ct)
    {
        var found = await operators.FindByEmailAsync(typed.Email, ct);
        var known = found?.Knows(typed.Address) is true;
        var lane = known ? $"staff {typed.Address} {found!.Operator.Id}" : $"staff {typed.Address}";
        if (!await limits.TryAsync(new(typed.Email, typed.Address, known), () => IsRightAsync(response, found, typed.Password, lane, ct)))
        {
            throw Problems.WrongCredentials();
        }

        return found!.Made?.IsOver(clock.GetUtcNow()) is true ? throw Problems.MadePasswordOver((int)MadePassword.Lifetime.TotalHours) : found;
    }

    /// <summary>Of an operator who is signed in: his password once more.</summary>
    /// <exception cref="ProblemException">When it is wrong, or was tried too often.</exception>
    public async Task CheckAsync(HttpResponse response, OperatorLogin login, Typed typed, CancellationToken ct)
    {
        // Whoever has only the session guesses against himself: the owner at another address has limits of his own.
        var guess = new Guess(login.Operator.Id, typed.Address, Known: true);
        if (!await limits.TryAsync(guess, () => IsRightAsync(response, login, typed.Password, $"staff again {login.Operator.Id}", ct)))
        {
            throw Problems.WrongCredentials();
        }
    }

    private async Task<bool> IsRightAsync(HttpResponse response, OperatorLogin? found, string password, string lane, CancellationToken ct)
    {
        var isRight = await passwords.IsRightAsync(password, found?.PasswordHash, lane, ct);
        if (!isRight && found is not null)
        {
            // After the answer, whose time would tell who is an operator.
            response.OnCompleted(() => log.ActAsync(found.Operator, "wrong-password", null, CancellationToken.None));
        }

        return isRight;
    }
}

/// <summary>Codes of operators. Who guesses at them is in the staff's record, for everybody of the staff to see.</summary>
public sealed class StaffCodeGuesses(OperatorFactors factors, StaffLog log, TimeProvider clock) : CodeGuesses(factors, clock)
{
    protected override Task WrongAsync(string who, string by, CancellationToken ct) =>
        log.ActAsync(Operator.ActorOf(who), "wrong-code", new { by }, ct);
}
