using Launchpad.Shared.Vms;
using Launchpad.Vm;

if (args is [JobRunner.Word, var job, var length])
{
    return await JobRunner.RunAsync(job, length);
}

var log = new StepLog(Console.Out);
HangUp.Watch();
using var alive = new Timer(_ => log.Alive(), null, VmLine.AliveEvery, VmLine.AliveEvery);
return await Verb.AnswerAsync(log, async () =>
{
    var verb = args is [var word] ? Requests.Verb(word) : throw Requests.Invalid("exactly one verb is expected");
    return await Verb.Prepare(verb, await Requests.ReadAsync(Console.OpenStandardInput()), log)();
});
