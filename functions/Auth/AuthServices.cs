using Launchpad.Shared.Accounts;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Auth;

internal static class AuthServices
{
    public static void AddAuth(this IServiceCollection services)
    {
        services.AddSingleton<AccountStore>();
        services.AddSingleton<AccountLinks>();
        services.AddSingleton<AccountSecurity>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<PasskeyStore>();
        services.AddSingleton<SessionCutoff>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<SessionStore>());
        services.AddSingleton<Passwords>();
        services.AddSingleton<Seal>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<AuthLimits>();
        services.AddSingleton<Callers>();
        services.AddSingleton<NewAccounts>();
        services.AddSingleton<AddressTaken>();
        services.AddSingleton<AddressConfirmation>();
        services.AddSingleton<Door>();
        services.AddSingleton<SecondStep>();
        services.AddSingleton<AccountCodeGuesses>();
        services.AddSingleton<ForgottenPasswords>();
        services.AddSingleton<PasswordProof>();
        services.AddSingleton<PasswordSetter>();
        services.AddSingleton<Challenges>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<Challenges>());
        services.AddSingleton<RelyingParty>();
        services.AddSingleton<PasskeyCeremonies>();
        services.AddSingleton<Proofs>();
        services.AddSingleton<AccountLog>();
        services.AddSingleton<AccountEnds>();
        services.AddSingleton<AccountRemains>();
        services.AddSingleton<AccountReach>();
        services.AddSingleton<AccountRows>();
        services.AddSingleton<AccountErasure>();
        services.AddSingleton<AccountCloser>();
        services.AddSingleton<OwnPrograms>();
        services.AddSingleton<ClosingMembers>();
        services.AddSingleton<ClosingBots>();
        services.AddSingleton<ClosingAccounts>();
        services.AddSingleton<ClosingViews>();
    }
}
