namespace Launchpad.Local;

/// <summary>Why the stack cannot start or stop, in words for the person who asked for it.</summary>
public sealed class StackException(string message) : Exception(message);
