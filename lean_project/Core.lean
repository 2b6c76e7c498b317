import Core.Choices
import Core.Numbers
import Core.Lists
import Core.Trees
