namespace AiFunctions.Gateway.Prompts;

/// <summary>What a part of a prompt is.</summary>
internal enum PromptPartKind
{
    /// <summary>A message begins, which costs tokens of its own.</summary>
    Turn,

    /// <summary>What comes next has nothing to do with what came before: another text, to be judged by itself.</summary>
    Break,

    /// <summary>A string: the text of a message or of a document.</summary>
    Text,

    /// <summary>A string beside such a text, within a message: a name, the arguments of a call, a member that is not known.</summary>
    Beside,

    /// <summary>A string that holds a file, as text or in base64, in the place of a text.</summary>
    File,

    /// <summary>A string that holds a file, beside a text.</summary>
    FileBeside,

    /// <summary>A string that is structure, such as a role, a type or an id; too long for that, it is told as text.</summary>
    Structure,

    /// <summary>A string with an image or sound, where the format has such.</summary>
    Media,

    /// <summary>A number, true, false or null within a message.</summary>
    Scalar,

    /// <summary>A list of tokens in place of a text.</summary>
    Tokens,

    /// <summary>A member beside the messages that may reach the prompt as the JSON that it is: tools, schemas, what is not known.</summary>
    Member,

    /// <summary>A member beside the messages that steers the server and reaches no prompt. It can still be long.</summary>
    Steering,

    /// <summary>The name of a member, where names are the caller's own: <see cref="PromptPart.NameLength"/> is all that is told of it.</summary>
    Name,
}
