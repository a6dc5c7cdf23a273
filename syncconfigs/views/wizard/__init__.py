"""New configuration, step by step: nothing is written before Create.

walk    the wizard: which step comes next, what is kept, going back, the end
step    what one step asks for, what it shows, and what its buttons do
draft   what was chosen so far; each step's words are checked again whenever they are used
branch  the part of a category tree that is drawn: nobody draws 10,000 resources
"""

from django.contrib.auth.decorators import login_required

from syncconfigs.views.wizard.walk import FORMS, NewConfiguration, start

new_configuration = login_required(NewConfiguration.as_view(FORMS, url_name="config-wizard"))

__all__ = ["new_configuration", "start"]
